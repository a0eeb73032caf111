/** Facts of the data as the network gets it, measured once before a run. */
import type { Dataset } from '../../datasets/dataset.ts'
import type { Standardization } from '../../datasets/standardize.ts'
import { createRandom } from '../../lib/random.ts'
import { neighborFactsOf } from './neighbor-facts.ts'
import type { DataFacts, NumberFacts, SpreadFacts } from './observation.ts'

export interface DataFactsOptions {
  readonly dataset: Dataset
  readonly train: ArrayLike<number>
  readonly validation: ArrayLike<number>
  readonly standardization: Standardization
  /** Of numbers to answer with, where they are standardised. */
  readonly targetStandardization?: Standardization
  /** Validation examples that stand in the training part too. */
  readonly duplicates: number
}

const spreadSample = 2000
const neighborSample = 1200
/** Below this, neighbours say nothing. */
const fewestNeighbors = 60
const sampleSeed = 7

export function dataFactsOf({ dataset, train, validation, standardization, targetStandardization, duplicates }: DataFactsOptions): DataFacts {
  const order = createRandom(sampleSeed).shuffle(Array.from(train))
  const near = order.slice(0, neighborSample)
  const { target } = dataset
  const counts = (indices: ArrayLike<number>, classOf: Int32Array, classes: number): number[] => {
    const result = new Array<number>(classes).fill(0)
    for (let i = 0; i < indices.length; i++) result[classOf[indices[i]!]!]!++
    return result
  }
  return {
    train: train.length, validation: validation.length, duplicates,
    target: target.kind === 'classes'
      ? { kind: 'classes', labels: target.labels, train: counts(train, target.classOf, target.labels.length), validation: counts(validation, target.classOf, target.labels.length) }
      : numberFactsOf(target.values, target.columns, order.slice(0, spreadSample), targetStandardization),
    input: spreadOf(dataset, order.slice(0, spreadSample), standardization),
    ...(near.length >= fewestNeighbors ? { neighbors: neighborFactsOf(dataset, near, standardization) } : {}),
  }
}

function spreadOf({ input }: Dataset, sample: readonly number[], { mean, std }: Standardization): SpreadFacts {
  const groups = input.kind === 'pictures' ? input.channels : input.columns.length
  const perExample = input.kind === 'pictures' ? input.channels * input.height * input.width : groups
  const sums = new Float64Array(groups)
  const squares = new Float64Array(groups)
  const values = input.kind === 'pictures' ? input.pixels : input.values
  const scale = input.kind === 'pictures' ? 1 / 255 : 1
  let largest = 0
  for (const example of sample)
    for (let i = 0; i < perExample; i++) {
      const group = i % groups
      const value = (values[example * perExample + i]! * scale - (mean[group] ?? mean[0] ?? 0)) / (std[group] ?? std[0] ?? 1)
      sums[group]! += value
      squares[group]! += value * value
      // NaN stays NaN.
      largest = Math.max(largest, Math.abs(value))
    }
  const count = Math.max(1, (sample.length * perExample) / groups)
  const means = Array.from(sums, (sum) => sum / count)
  const moments = Array.from(squares, (square) => square / count)
  const average = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length)
  const whole = average(means)
  return { mean: whole, std: Math.sqrt(Math.max(0, average(moments) - whole * whole)), largest, means, stds: moments.map((moment, group) => Math.sqrt(Math.max(0, moment - means[group]! ** 2))) }
}

function numberFactsOf(values: Float32Array, columns: readonly string[], sample: readonly number[], standardization: Standardization | undefined): NumberFacts {
  const facts = columns.map((_, column) => {
    const list = sample.map((example) => (values[example * columns.length + column]! - (standardization?.mean[column] ?? 0)) / (standardization?.std[column] ?? 1))
    const mean = list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length)
    return { mean, std: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, list.length)) }
  })
  return { kind: 'numbers', columns, mean: facts.map(({ mean }) => mean), std: facts.map(({ std }) => std) }
}
