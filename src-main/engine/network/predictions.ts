/** The classes a network names, best first. */
import type { Prediction } from '#contract/activations.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'

/** Softmax over the values (shifted by the largest, so that nothing overflows); probabilities pass as they are. */
export function probabilitiesOf(values: ArrayLike<number>, output: Preprocessing['output']): Float64Array {
  const numbers = Float64Array.from(values)
  if (output === 'probabilities') return numbers
  const largest = numbers.reduce((best, value) => Math.max(best, value), -Infinity)
  const powers = numbers.map((value) => Math.exp(value - largest))
  const total = powers.reduce((sum, value) => sum + value, 0)
  return powers.map((value) => value / total)
}

/** The `count` classes of highest probability. `values` holds one score a class. */
export function topPredictions(values: ArrayLike<number>, { output, labels }: Pick<Preprocessing, 'output' | 'labels'>, count = 5): Prediction[] {
  const probabilities = probabilitiesOf(values, output)
  return Array.from(probabilities, (probability, index): Prediction => ({ index, label: labels[index] ?? `class ${index}`, probability, value: values[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability || b.value - a.value).slice(0, count)
}
