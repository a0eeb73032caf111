/** What several rules ask of an observation. */
import { median as medianOf } from '../../lib/quantile.ts'
import type { EpochObservation, LayerFacts, RunObservation, StepObservation } from './observation.ts'

/** Of those that are numbers. */
export const median = (values: readonly number[]): number => medianOf(values.filter((value) => !Number.isNaN(value)))

export const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Shares of the classes in the training part; empty where answers are numbers. */
export function classShares({ data: { target } }: RunObservation): number[] {
  if (target.kind === 'numbers') return []
  const total = target.train.reduce((sum, count) => sum + count, 0)
  return target.train.map((count) => count / Math.max(1, total))
}

/** Classes that occur in the training part. */
export const classCount = (observation: RunObservation): number => classShares(observation).filter((share) => share > 0).length

export interface Guess {
  /** What always giving the best constant answer scores on the validation part: the most frequent class's share, or R² 0. */
  readonly score: number
  /** A score within this of `score` is chance: two standard errors of a share (Agresti and Coull 1998), 0.05 of R². */
  readonly margin: number
  /** Loss of the best constant answer while training (weights and smoothing included): the entropy of the targets, or their variance. Undefined where no closed form is at hand. */
  readonly trainLoss: number | undefined
}

export function guessOf(observation: RunObservation): Guess {
  const { data: { target }, recipe: { loss } } = observation
  if (target.kind === 'numbers') {
    const variance = average(target.std.map((std) => std * std))
    return { score: 0, margin: 0.05, trainLoss: loss.kind === 'squared-error' ? variance : undefined }
  }
  const count = target.validation.reduce((sum, value) => sum + value, 0)
  const score = Math.max(0, ...target.validation) / Math.max(1, count)
  // Of a handful of examples two standard errors would reach beyond 100 %.
  return { score, margin: Math.min((1 - score) / 2, 2 * Math.sqrt((score * (1 - score)) / Math.max(1, count))), trainLoss: loss.kind === 'cross-entropy' ? constantLoss(observation) : loss.kind === 'binary-cross-entropy' && loss.classWeights === 'none' ? constantLossOfEach(observation) : undefined }
}

/** min over q of -sum_k p_k w_k ((1 - e) log q_k + e/K sum_j log q_j): q is proportional to the smoothed, weighted shares. */
function constantLoss(observation: RunObservation): number {
  const shares = classShares(observation)
  const { classWeights, labelSmoothing } = observation.recipe.loss
  const weights = classWeights === 'none' ? shares.map(() => 1) : classWeights === 'balanced' ? balancedWeights(shares) : shares.map((_, index) => classWeights[index] ?? 1)
  const balanced = observation.recipe.sampler === 'balanced' ? shares.map((share) => (share > 0 ? 1 / classCount(observation) : 0)) : shares
  const weighted = balanced.map((share, index) => share * weights[index]!)
  const total = weighted.reduce((sum, value) => sum + value, 0)
  const targets = weighted.map((value) => (1 - labelSmoothing) * value + (labelSmoothing * total) / shares.length)
  return -targets.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value / total) : 0), 0)
}

/** Inverse to the share, mean 1 over the examples. */
function balancedWeights(shares: readonly number[]): number[] {
  const present = shares.filter((share) => share > 0).length
  return shares.map((share) => (share > 0 ? 1 / (present * share) : 0))
}

/** The mean of the classes' binary entropies: every output by itself. */
const constantLossOfEach = (observation: RunObservation): number =>
  average(classShares(observation).map((share) => (share > 0 && share < 1 ? -share * Math.log(share) - (1 - share) * Math.log(1 - share) : 0)))

export const lastEpoch = ({ epochs }: RunObservation): EpochObservation | undefined => epochs.at(-1)
export const bestEpoch = ({ epochs }: RunObservation): EpochObservation | undefined =>
  epochs.reduce<EpochObservation | undefined>((best, epoch) => (best && !(epoch.validation.loss < best.validation.loss) ? best : epoch), undefined)

/** Facts of all layers but the one that answers. */
export function hiddenLayers({ net }: RunObservation, facts: readonly LayerFacts[]): LayerFacts[] {
  const answer = answerLayer({ net })
  return facts.filter(({ layer }) => layer !== answer)
}
/** The last layer with weights. */
export const answerLayer = ({ net }: Pick<RunObservation, 'net'>): string | undefined => net.layers.filter(({ parameters }) => parameters > 0).at(-1)?.id

/** Of the network as it is, where a probe says; while training otherwise. */
export const trainScore = (epoch: EpochObservation): number => epoch.trainProbe?.score ?? epoch.train.score

/** The first step whose loss or gradient is not a number or infinite. */
export const firstNotFinite = ({ steps }: RunObservation): StepObservation | undefined => steps.find(({ loss, gradientNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradientNorm))

const window = 20
/** Median over the last steps. */
export const recentLoss = ({ steps }: RunObservation): number => median(steps.slice(-window).map(({ loss }) => loss))
/** The loss before anything was learned: of a constant answer or of the first batch, whichever is larger. */
export const startLoss = (observation: RunObservation): number => Math.max(observation.steps[0]?.loss ?? NaN, guessOf(observation).trainLoss ?? 0)
export const peakLoss = ({ steps }: RunObservation): number => steps.reduce((peak, { loss }) => (loss > peak || Number.isNaN(loss) ? loss : peak), 0)

/** Enough has been seen to judge an outcome: an epoch, and as many steps as a small network needs to leave chance. */
export const judged = (observation: RunObservation): boolean => observation.epochs.length > 0 && (observation.steps.length >= 60 || observation.finished)

/** The last epoch scores no better than the best constant answer. */
export function isGuessing(observation: RunObservation): boolean {
  const last = lastEpoch(observation)
  if (!last || !judged(observation)) return false
  const { score, margin } = guessOf(observation)
  return !(last.validation.score > score + margin)
}

/**
 * By layer: |update| / |weight| at the steps that recorded it; steps of zero weights are left out. Weights that have shrunk are measured by what they
 * began with: where the best weights are near zero (one node on XOR) every step is large beside them, and that is no fault of the rate.
 */
function ratiosByLayer(steps: readonly StepObservation[]): Map<string, number[]> {
  const ratios = new Map<string, number[]>()
  const first = new Map<string, number>()
  for (const { layers = [] } of steps)
    for (const { layer, weightNorm, updateNorm } of layers) {
      if (!first.has(layer)) first.set(layer, weightNorm)
      const ratio = updateNorm / Math.max(weightNorm, first.get(layer) ?? 0)
      if (!(weightNorm > 0) || !Number.isFinite(ratio)) continue
      const list = ratios.get(layer)
      if (list) list.push(ratio)
      else ratios.set(layer, [ratio])
    }
  return ratios
}

/** By layer: the median of |update| / |weight| while the rate was at least a tenth of its highest, over the first `share` of those steps. */
export function usualRatios({ steps }: RunObservation, share = 1): Map<string, number> {
  const highest = highestRate(steps)
  const recorded = steps.filter(({ layers, rate }) => layers && rate >= 0.1 * highest)
  return new Map([...ratiosByLayer(recorded.slice(0, Math.max(3, Math.ceil(share * recorded.length))))].map(([layer, list]) => [layer, median(list)]))
}

/** By layer: the highest that |update| / |weight| was at three recorded steps behind one another (their median). */
export function peakRatios({ steps }: RunObservation): Map<string, number> {
  return new Map([...ratiosByLayer(steps)].map(([layer, list]) => [layer, list.slice(0, Math.max(1, list.length - 2)).reduce((peak, _, index) => Math.max(peak, median(list.slice(index, index + 3))), 0)]))
}

export const highestRate = (steps: readonly StepObservation[]): number => steps.reduce((highest, { rate }) => Math.max(highest, rate), 0)

/** The schedule has made the rate so small, for a third of the epochs, that nothing moves any more. */
export function isAsleep({ epochs, steps }: RunObservation): boolean {
  const highest = highestRate(steps)
  return epochs.length >= 4 && epochs.slice(-Math.ceil(epochs.length / 3)).every(({ rate }) => rate < 0.02 * highest)
}

export const largest = (ratios: ReadonlyMap<string, number>): readonly [layer: string, ratio: number] | undefined =>
  [...ratios].reduce<readonly [string, number] | undefined>((best, entry) => (best && best[1] >= entry[1] ? best : entry), undefined)

/** The score that a plain 5-nearest-neighbour answer gets on these data, or undefined where it is not well above chance. */
export function neighborScore({ data: { neighbors, target } }: RunObservation): number | undefined {
  if (!neighbors) return undefined
  // Of numbers: the correlation's square, which is R² of the best straight line through the neighbours' means.
  if (target.kind === 'numbers') return neighbors.agreement > 0.3 ? neighbors.agreement ** 2 : undefined
  return neighbors.agreement > neighbors.chance.agreement + 4 * chanceError(neighbors.chance.agreement, neighbors.examples) ? neighbors.agreement : undefined
}
export const chanceError = (share: number, examples: number): number => Math.sqrt((Math.max(share, 1 / examples) * (1 - share)) / examples)

/** Half of the run is over, or as many epochs as settle the matter in a long one: networks often rest on a plateau before they find the way. */
export const halfway = ({ epochs, recipe, finished }: RunObservation): boolean => finished || epochs.length >= Math.min(longRun, Math.ceil(recipe.epochs / 2))
const longRun = 20

/** Weights that the run itself initialised, on inputs that it scaled itself: not those of an opened model. */
export const isOwnNet = ({ recipe }: RunObservation): boolean => recipe.net.kind !== 'model'

/** The training loss fell by 2 % or more in the last epoch: the run is on its way. */
export function isFalling({ epochs }: RunObservation): boolean {
  const [before, last] = epochs.slice(-2)
  return before !== undefined && last !== undefined && last.train.loss < 0.98 * before.train.loss
}

/** The training loss fell by less than `share` over the last third of the epochs, three at least. */
export function isFlat({ epochs }: RunObservation, share: number): boolean {
  const span = Math.max(3, Math.ceil(epochs.length / 3))
  const before = epochs.at(-1 - span)
  const last = epochs.at(-1)
  return before !== undefined && last !== undefined && !(last.train.loss < before.train.loss * (1 - share))
}

/** As every text names a layer: dense1 (64 units). */
export function titleOf({ net }: RunObservation, layer: string): string {
  const title = net.layers.find(({ id }) => id === layer)?.title
  return title === undefined || title === layer ? layer : `${layer} (${title})`
}
export const labelOf = ({ data: { target } }: RunObservation, index: number): string => (target.kind === 'classes' ? target.labels[index] : target.columns[index]) ?? String(index)

/** Of a norm: "3.2 % of", "14 times". */
export const shareOf = (ratio: number): string => (ratio < 1 ? `${percent(ratio)} of` : `${digits(ratio)} times`)

export const percent = (share: number): string => `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`
/** Three digits that count: 0.0123, 4.57, 1.2e-7. */
export const digits = (value: number): string =>
  !Number.isFinite(value) ? (Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinite' : '-infinite') : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(1) : String(Number(value.toPrecision(3)))
/** "62 %" of classes, "R² 0.62" of numbers. */
export const scoreText = ({ data: { target } }: RunObservation, score: number): string => (target.kind === 'classes' ? percent(score) : `R² ${digits(score)}`)
