import { describe, expect, it } from 'vitest'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { standardizationOf, targetStandardizationOf } from '#engine/datasets/standardize.ts'
import { createRandom } from '#engine/lib/random.ts'

const numbers = (columns: number, values: readonly number[]): Pick<Dataset, 'input'> => ({ input: { kind: 'numbers', columns: Array.from({ length: columns }, (_, column) => `c${column}`), values: Float32Array.from(values) } })
const pictures: Pick<Dataset, 'input'> = { input: { kind: 'pictures', channels: 3, height: 1, width: 2, pixels: Uint8Array.of(0, 51, 255, 255, 51, 255, 9, 9, 9, 9, 9, 9) } }
/** Population moments, as PyTorch's Normalize constants are made. */
function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

describe('standardisation', () => {
  it('takes each channel of the training part, in 0..1', () => {
    const { mean, std } = standardizationOf(pictures, Int32Array.of(0), 'channel')
    expect(mean).toEqual([0.5, 0.2, 1])
    expect(std).toEqual([0.5, 1, 1])
  })

  it('takes all channels together', () => {
    const { mean, std } = standardizationOf(pictures, Int32Array.of(0), 'all')
    const expected = moments([0, 0.2, 1, 1, 0.2, 1])
    expect(mean).toHaveLength(3)
    mean.forEach((value) => { expect(value).toBeCloseTo(expected.mean, 10) })
    std.forEach((value) => { expect(value).toBeCloseTo(expected.std, 10) })
  })

  it('does not look at the held-out part', () => {
    const data = numbers(1, [1, 2, 3, 1e9])
    expect(standardizationOf(data, Int32Array.of(0, 1, 2), 'channel').mean).toEqual([2])
  })

  it('stays exact for columns far from zero, and gives a constant column the scale 1', () => {
    const random = createRandom(1)
    const column = Float32Array.from({ length: 5000 }, () => 100_000 + random.normal(0, 0.5))
    const data = numbers(2, Array.from(column).flatMap((value) => [value, 0.1]))
    const { mean, std } = standardizationOf(data, Int32Array.from(column.keys()), 'channel')
    const expected = moments(Array.from(column))
    expect(mean[0]).toBeCloseTo(expected.mean, 6)
    expect(std[0]! / expected.std).toBeCloseTo(1, 6)
    expect(std[1]).toBe(1)
  })

  it('spreads what is given, and refuses another number of values', () => {
    expect(standardizationOf(pictures, Int32Array.of(0), { mean: [0.5], std: [0.25] })).toEqual({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] })
    expect(standardizationOf(pictures, Int32Array.of(0), 'none')).toEqual({ mean: [0, 0, 0], std: [1, 1, 1] })
    expect(() => standardizationOf(pictures, Int32Array.of(0), { mean: [1, 2], std: [1, 2] })).toThrow(/standardize.mean has 2 values; the pictures have 3 channels/)
  })

  it('takes answers that are numbers, and leaves shares of a picture as they are', () => {
    const target = { kind: 'numbers', columns: ['y'], values: Float32Array.of(10, 30, 999) } as const
    expect(targetStandardizationOf({ target }, Int32Array.of(0, 1))).toEqual({ mean: [20], std: [10] })
    expect(targetStandardizationOf({ target: { ...target, geometry: 'keypoints' } }, Int32Array.of(0, 1))).toEqual({ mean: [0], std: [1] })
    expect(targetStandardizationOf({ target: { kind: 'classes', labels: ['a'], classOf: Int32Array.of(0) } }, Int32Array.of(0))).toBeUndefined()
  })
})
