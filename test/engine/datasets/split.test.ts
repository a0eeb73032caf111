import { describe, expect, it } from 'vitest'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { classCounts } from '#engine/datasets/describe-dataset.ts'
import { splitDataset } from '#engine/datasets/split.ts'

const classes = (counts: readonly number[]): Pick<Dataset, 'count' | 'target'> => {
  const classOf = Int32Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)))
  return { count: classOf.length, target: { kind: 'classes', labels: counts.map(String), classOf } }
}

describe('the split into a training and a held-out part', () => {
  it('takes the same share of every class, and the right number in all', () => {
    const data = classes([400, 40, 4, 13])
    const { train, validation } = splitDataset(data, { train: 0.75, seed: 1 })
    expect(train.length).toBe(Math.round(457 * 0.75))
    expect(classCounts(data, train)).toEqual([300, 30, 3, 10])
    expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 457 }, (_, index) => index))
  })

  it.each([0.5, 0.8, 0.9, 0.34])('holds for a share of %s', (share) => {
    const data = classes([101, 57, 33])
    const { train } = splitDataset(data, { train: share, seed: 3 })
    expect(train.length).toBe(Math.round(191 * share))
    classCounts(data, train).forEach((count, label) => { expect(Math.abs(count - [101, 57, 33][label]! * share)).toBeLessThan(1) })
  })

  it('leaves a class of two on either side, and a lone example to learn from', () => {
    const data = classes([2, 1, 50])
    expect(classCounts(data, splitDataset(data, { train: 0.9, seed: 1 }).train)).toEqual([1, 1, 45])
  })

  it('is the same for the same seed and another for another', () => {
    const data = classes([50, 50])
    const trainOf = (seed: number): number[] => [...splitDataset(data, { train: 0.75, seed }).train]
    expect(trainOf(5)).toEqual(trainOf(5))
    expect(trainOf(5)).not.toEqual(trainOf(6))
  })

  it('keeps the parts that the source has', () => {
    const data = { ...classes([2, 2]), parts: Uint8Array.of(1, 0, 0, 1) }
    expect(splitDataset(data, { train: 0.75, seed: 1 })).toEqual({ train: Int32Array.of(1, 2), validation: Int32Array.of(0, 3) })
  })

  it('splits numbers as a whole', () => {
    const { train, validation } = splitDataset({ count: 100_000, target: { kind: 'numbers', columns: ['y'], values: new Float32Array(100_000) } }, { train: 0.75, seed: 1 })
    expect([train.length, validation.length]).toEqual([75_000, 25_000])
  })
})
