/** Class scores for people. */
import type { Prediction } from '#contract/activations.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { probabilitiesOf } from '../preprocessing/host-values.ts'
import { labelOf } from '../preprocessing/labels.ts'

/** The classes with the highest probability, best first. */
export function topPredictions(values: Float32Array, { output, labels }: Pick<Preprocessing, 'output' | 'labels'>, count = 5): Prediction[] {
  if (output === 'none') return []
  const probabilities = probabilitiesOf(values, output)
  // By value: of small probabilities many are rounded to the same.
  const order = Array.from(values.keys()).sort((a, b) => finite(values[b]!) - finite(values[a]!) || a - b)
  return order.slice(0, count).map((index) => ({ index, label: labelOf(labels, index), probability: finite(probabilities[index]!), value: finite(values[index]!) }))
}

/** A run that overflowed still has an answer, and numbers that are none do not cross the wire. */
const finite = (value: number): number => (Number.isFinite(value) ? value : 0)
