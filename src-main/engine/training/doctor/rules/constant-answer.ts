import { defineRule } from '../define-rule.ts'
import { answerLayer, average, digits, isFalling, isGuessing, judged, labelOf, lastEpoch, percent } from '../measures.ts'
import { normalizeFix, rateFix } from '../remedies.ts'

const nearlyAll = 0.995
/** Where the score is a guess's as well, and the answer is this much more frequent than its class. */
const mostly = { share: 0.95, beyond: 0.2 } as const
/** Of the answers' deviation. */
const unmoved = 0.02

export default defineRule({
  id: 'constant-answer', rank: 86,
  source: `A network that no longer sees its input gives the answer that is best on average. Flagged where ${percent(nearlyAll)} of the validation part get one class (${percent(mostly.share)} where it scores as a guess does), or numbers vary by less than ${percent(unmoved)} of what they should.`,
  explains: ['no-better-than-guessing', 'majority-share'],
  examine(observation) {
    const { data: { target }, recipe, epochs, finished } = observation
    const last = lastEpoch(observation)
    if (!last || !judged(observation) || (epochs.length < 2 && !finished)) return []
    const fixes = [rateFix(recipe, recipe.optimizer.rate / 10), ...normalizeFix(recipe)]
    const meaning = 'Whatever the input, the answer is the same: the best single answer there is. Somewhere on the way the input no longer gets through (dead or saturated layers, weights thrown far out), or nothing was learned but how frequent the answers are.'
    if (target.kind === 'numbers') {
      const output = last.layers.find(({ layer }) => layer === answerLayer(observation))
      if (!output || last.validation.score > 0.05 || !(output.variation < unmoved * average(target.std))) return []
      return [{ severity: 'critical', layer: output.layer, title: 'The network gives one constant answer', evidence: `Its answers vary by ${digits(output.variation)} over the validation part; the right ones by ${digits(average(target.std))}.`, meaning, fixes }]
    }
    const total = last.validation.confusion.flat().reduce((sum, count) => sum + count, 0)
    const predicted = target.labels.map((_, index) => last.validation.confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0) / Math.max(1, total))
    const guesses = isGuessing(observation) && !isFalling(observation)
    const index = predicted.findIndex((share, label) => share >= nearlyAll || (guesses && share >= mostly.share && share > target.validation[label]! / Math.max(1, total) + mostly.beyond))
    // Where nearly all examples are of one class, answering it is no fault by itself.
    if (index < 0 || target.validation[index]! / Math.max(1, total) > 0.98) return []
    return [{
      severity: 'critical', classIndex: index, title: `The network ${predicted[index]! >= nearlyAll ? 'always' : 'nearly always'} answers '${labelOf(observation, index)}'`,
      evidence: `${percent(predicted[index]!)} of the validation examples get '${labelOf(observation, index)}'; ${percent(target.validation[index]! / total)} of them are.`, meaning, fixes,
    }]
  },
})
