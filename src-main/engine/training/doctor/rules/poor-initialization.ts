import { defineRule } from '../define-rule.ts'
import type { Diagnosis } from '../define-rule.ts'
import type { LayerFacts, RunObservation } from '../observation.ts'
import { classCount, digits, firstNotFinite, guessOf, hiddenLayers, isGuessing, isOwnNet, titleOf } from '../measures.ts'
import { glorotFix, heFix, normalizeFix } from '../remedies.ts'

const profile = 100
const vanished = 1e-3
const huge = 30
/** Times the loss of the best constant answer, before the first step; He's initialisation gives up to 2. */
const startTooBad = 6

export default defineRule({
  id: 'poor-initialization', rank: 30,
  source: `A signal should keep its variance from layer to layer (Glorot and Bengio 2010; He et al. 2015, arXiv:1502.01852, eq. 10), equal weights never part (Goodfellow et al. 2016, Deep Learning, section 8.4), and an untrained classifier should be as bad as a guess. Flagged for zero weights behind one another, deviations that change ${profile}-fold or leave ${vanished}..${huge}, or a first loss ${startTooBad} times a guess's.`,
  explains: ['loss-not-finite', 'loss-exploding', 'learning-rate-too-high', 'learning-rate-too-low', 'vanishing-gradients', 'exploding-gradients', 'saturation', 'dead-relus', 'update-ratio', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'overfitting', 'plateau', 'majority-share'],
  examine(observation) {
    const { start, net, steps } = observation
    if (!isOwnNet(observation)) return []
    const severity = firstNotFinite(observation) !== undefined || isGuessing(observation) ? 'critical' : 'warning'
    const zero = zeroLayers(observation)
    if (zero.length > 0) {
      return [{
        severity, layer: zero[0]!, title: 'All weights start at zero',
        evidence: `${zero.length} of ${net.layers.length} layers start with weights of 0 (${zero.map((layer) => titleOf(observation, layer)).join(', ')}).`,
        meaning: 'Units that start alike get the same gradient and stay alike for ever, and behind zero weights no gradient arrives at all: the layers cannot learn.',
        fixes: [heFix, glorotFix],
      }]
    }
    if (!start || steps.length === 0) return []
    const hidden = hiddenLayers(observation, start.layers)
    return signalOf(observation, hidden, severity) ?? startOf(observation, start.validation.loss, hidden, severity) ?? []
  },
})

/** Hidden layers of zero weights; a single linear map may start at zero. */
function zeroLayers({ steps, net }: RunObservation): string[] {
  const layers = steps.find((step) => step.layers)?.layers ?? []
  return net.layers.length < 2 || layers.length < 2 ? [] : layers.slice(0, -1).filter(({ weightNorm }) => weightNorm === 0).map(({ layer }) => layer)
}

function signalOf(observation: RunObservation, hidden: readonly LayerFacts[], severity: Diagnosis['severity']): Diagnosis[] | undefined {
  const first = hidden[0]
  const odd = hidden.find(({ std }) => !(std > vanished && std < huge) || (first && (std > profile * first.std || std * profile < first.std)))
  if (!odd) return undefined
  const small = odd.std < 1
  const dead = odd.dead === 1
  return [{
    severity, layer: odd.layer,
    title: dead ? `${titleOf(observation, odd.layer)} starts dead: all its ReLUs are off` : small ? 'The initial weights are too small: the signal dies out' : 'The initial weights are too large: the signal explodes',
    evidence: `Before training, activations deviate by ${hidden.map(({ layer, std }) => `${digits(std)} in ${titleOf(observation, layer)}`).join(', ')}.`,
    meaning: small ? 'So little of the input arrives at the last layer that its answer hardly depends on it, and as little gradient comes back.' : 'The signal grows from layer to layer; the first answers are wild, the gradients enormous, and bounded activations are stuck at their ends.',
    fixes: initializationFixes(observation),
  }]
}

function startOf(observation: RunObservation, loss: number, hidden: readonly LayerFacts[], severity: Diagnosis['severity']): Diagnosis[] | undefined {
  const guess = guessOf(observation).trainLoss
  // Of numbers, an output of variance 1 or 2 is no mistake.
  if (guess === undefined || observation.data.target.kind === 'numbers' || !(loss > startTooBad * Math.max(guess, Math.log(classCount(observation))))) return undefined
  const saturated = hidden.find((layer) => layer.saturated > 0.8)
  const [layer] = saturated ? [saturated.layer] : hidden.map((entry) => entry.layer).slice(-1)
  return [{
    severity, ...(layer === undefined ? {} : { layer }), title: saturated ? `The initial weights are too large: ${titleOf(observation, saturated.layer)} starts saturated` : 'The initial weights are too large: the first answers are wild',
    evidence: `Before training the loss is ${digits(loss)}; guessing costs ${digits(guess)}.${saturated ? ` ${titleOf(observation, saturated.layer)}: ${(100 * saturated.saturated).toFixed(0)} % of its ${saturated.activation} activations are at an end of their range.` : ''}`,
    meaning: 'The untrained network is sure of wrong answers and must first unlearn them; units stuck at an end of their range let no gradient through.',
    fixes: initializationFixes(observation),
  }]
}

const initializationFixes = ({ recipe }: RunObservation): Diagnosis['fixes'] => [...normalizeFix(recipe), ...(recipe.initialization === 'he' ? [glorotFix] : [heFix, glorotFix].filter(({ changes }) => changes['initialization'] !== recipe.initialization))]
