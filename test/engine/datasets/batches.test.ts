import { describe, expect, it } from 'vitest'
import { Augment } from '#contract/training.ts'
import { openBatches } from '#engine/datasets/batches.ts'
import type { BatchOptions } from '#engine/datasets/batches.ts'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { createRandom } from '#engine/lib/random.ts'
import { resizePixels } from '#engine/images/resample.ts'

const classes = { kind: 'classes', labels: ['a', 'b', 'c'], classOf: Int32Array.of(2, 0, 1) } as const
const plain = { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] }
const gray = { mean: [0], std: [1 / 255] }
/** Three pictures of noise. */
function noise(channels: 1 | 3, height: number, width: number, seed = 1): Dataset['input'] {
  const random = createRandom(seed)
  return { kind: 'pictures', channels, height, width, pixels: Uint8Array.from({ length: 3 * channels * height * width }, () => random.integer(0, 255)) }
}
/** A soft white dot on black. */
function dot(size: number, x: number, y: number): Dataset['input'] {
  const pixels = Uint8Array.from({ length: size * size }, (_, at) => Math.round(255 * Math.exp(-(((at % size) + 0.5 - x) ** 2 + (Math.floor(at / size) + 0.5 - y) ** 2) / 8)))
  return { kind: 'pictures', channels: 1, height: size, width: size, pixels }
}
/** Center of mass of the first picture, as shares of the extent. */
function centerOf(values: Float32Array, height: number, width: number): readonly [number, number] {
  let sum = 0, x = 0, y = 0
  for (let at = 0; at < height * width; at++) {
    sum += values[at]!
    x += values[at]! * ((at % width) + 0.5)
    y += values[at]! * (Math.floor(at / width) + 0.5)
  }
  return [x / sum / width, y / sum / height]
}
const augmented = (augment: Partial<Augment>, input: Dataset['input'], more: Partial<BatchOptions> = {}) =>
  openBatches({ dataset: { input, target: classes }, standardization: input.kind === 'pictures' && input.channels === 1 ? gray : plain, augment: Augment.parse(augment), ...more })

describe('batches', () => {
  it('are planar, standardised, and one-hot', () => {
    const input = noise(3, 2, 2)
    const source = openBatches({ dataset: { input, target: classes }, standardization: { mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.1] } })
    const { input: values, target } = source.assemble([1, 0], undefined)
    expect(source.inputDims).toEqual([3, 2, 2])
    const pixel = (input as { pixels: Uint8Array }).pixels
    expect(values[0]).toBeCloseTo((pixel[12]! / 255 - 0.5) / 0.25, 5)
    expect(values[4 + 3]).toBeCloseTo((pixel[12 + 9 + 1]! / 255 - 0.4) / 0.2, 5)
    expect(values[12 + 8]).toBeCloseTo((pixel[2]! / 255 - 0.3) / 0.1, 5)
    expect([...target]).toEqual([1, 0, 0, 0, 0, 1])
  })

  it('standardise numbers and their answers', () => {
    const dataset = { input: { kind: 'numbers', columns: ['a', 'b'], values: Float32Array.of(1, 10, 3, 30) }, target: { kind: 'numbers', columns: ['y'], values: Float32Array.of(100, 300) } } as const
    const { input, target } = openBatches({ dataset, standardization: { mean: [2, 20], std: [1, 10] }, targetStandardization: { mean: [200], std: [50] } }).assemble([1, 0], 7)
    expect([...input]).toEqual([1, 1, -1, -1])
    expect([...target]).toEqual([2, -2])
  })

  it('are the same for the same seed, another for another, and untouched without one', () => {
    const source = augmented({ shift: 0.2, rotate: 20, scale: 0.2, flipHorizontal: true, color: 0.2, erase: 0.4 }, noise(3, 16, 16))
    const valuesOf = (seed: number | undefined): number[] => [...source.assemble([0, 1, 2], seed).input]
    expect(valuesOf(3)).toEqual(valuesOf(3))
    expect(valuesOf(3)).not.toEqual(valuesOf(4))
    expect(valuesOf(undefined)).toEqual([...augmented({}, noise(3, 16, 16)).assemble([0, 1, 2], 9).input])
  })

  it('bring pictures to another extent as the resampler of the engine does', () => {
    const input = noise(3, 8, 8)
    const { input: values } = augmented({}, input, { size: { height: 16, width: 24 } }).assemble([0], undefined)
    const expected = resizePixels({ width: 8, height: 8, data: (input as { pixels: Uint8Array }).pixels.slice(0, 192) }, 24, 16)
    const planar = Array.from({ length: 3 * 16 * 24 }, (_, at) => expected.data[(at % 384) * 3 + Math.floor(at / 384)]!)
    // The resampler rounds to bytes after each of its two passes.
    expect(Math.max(...planar.map((value, at) => Math.abs(value - values[at]!)))).toBeLessThan(1.01)
  })
})

describe('augmentation', () => {
  it('flips, exactly, about half of the pictures', () => {
    const input = noise(1, 5, 6)
    const plainRow = augmented({}, input).assemble([0], undefined).input
    const mirrored = Float32Array.from({ length: 30 }, (_, at) => plainRow[Math.floor(at / 6) * 6 + 5 - (at % 6)]!)
    const source = augmented({ flipHorizontal: true }, input)
    const results = Array.from({ length: 200 }, (_, seed) => source.assemble([0], seed).input)
    const flipped = results.filter((result) => result.every((value, at) => value === mirrored[at]))
    expect(results.filter((result) => result.every((value, at) => value === plainRow[at])).length + flipped.length).toBe(200)
    expect(flipped.length).toBeGreaterThan(70)
    expect(flipped.length).toBeLessThan(130)
    const upsideDown = augmented({ flipVertical: true }, input)
    expect(Array.from({ length: 20 }, (_, seed) => upsideDown.assemble([0], seed).input).some((result) => result.every((value, at) => value === plainRow[(4 - Math.floor(at / 6)) * 6 + (at % 6)]))).toBe(true)
  })

  it('shifts by whole pixels, up to the share, and repeats the border', () => {
    const input = noise(1, 10, 10)
    const plainRow = augmented({}, input).assemble([0], undefined).input
    const at = (x: number, y: number): number => plainRow[Math.min(9, Math.max(0, y)) * 10 + Math.min(9, Math.max(0, x))]!
    const source = augmented({ shift: 0.2 }, input)
    const shifts = Array.from({ length: 60 }, (_, seed) => {
      const { input: values } = source.assemble([0], seed)
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) if (values.every((value, index) => value === at((index % 10) - dx, Math.floor(index / 10) - dy))) return `${dx},${dy}`
      return 'none'
    })
    expect(shifts).not.toContain('none')
    expect(new Set(shifts).size).toBeGreaterThan(12)
  })

  it('turns about the center, by at most the angle, in either direction', () => {
    // A dot above the center of 33 pixels.
    const source = augmented({ rotate: 30 }, dot(33, 16.5, 6.5))
    const angles = Array.from({ length: 100 }, (_, seed) => {
      const [x, y] = centerOf(source.assemble([0], seed).input, 33, 33)
      expect(Math.hypot(x - 0.5, y - 0.5)).toBeCloseTo(10 / 33, 2)
      return (Math.atan2(x - 0.5, 0.5 - y) * 180) / Math.PI
    })
    expect(Math.max(...angles)).toBeGreaterThan(25)
    expect(Math.min(...angles)).toBeLessThan(-25)
    expect(Math.max(...angles.map(Math.abs))).toBeLessThan(30.5)
  })

  it('scales about the center', () => {
    const source = augmented({ scale: 0.25 }, dot(33, 16.5, 8.5))
    const reaches = Array.from({ length: 100 }, (_, seed) => (0.5 - centerOf(source.assemble([0], seed).input, 33, 33)[1]) / (8 / 33))
    expect(Math.min(...reaches)).toBeGreaterThan(0.74)
    expect(Math.max(...reaches)).toBeLessThan(1.26)
    expect(Math.max(...reaches) - Math.min(...reaches)).toBeGreaterThan(0.4)
  })

  it('varies the gain of each channel by itself', () => {
    const source = augmented({ color: 0.2 }, { kind: 'pictures', channels: 3, height: 2, width: 2, pixels: new Uint8Array(36).fill(100) })
    const gains = Array.from({ length: 50 }, (_, seed) => { const { input } = source.assemble([0], seed); return [input[0]! / 100, input[4]! / 100, input[8]! / 100] })
    expect(gains.flat().every((gain) => gain > 0.799 && gain < 1.201)).toBe(true)
    expect(gains.some(([red = 0, green = 0]) => Math.abs(red - green) > 0.1)).toBe(true)
  })

  it('erases a square, to the mean, in some pictures', () => {
    const white: Dataset['input'] = { kind: 'pictures', channels: 1, height: 20, width: 20, pixels: new Uint8Array(400).fill(255) }
    const source = augmented({ erase: 0.5 }, white)
    const erased = Array.from({ length: 100 }, (_, seed) => source.assemble([0], seed).input.filter((value) => value === 0).length)
    expect(erased.every((count) => Number.isInteger(Math.sqrt(count)) && count <= 100)).toBe(true)
    expect(erased.filter((count) => count > 0).length).toBeGreaterThan(30)
    expect(erased.filter((count) => count === 0).length).toBeGreaterThan(30)
  })

  it.each([
    ['a turn', { rotate: 40 }], ['a flip', { flipHorizontal: true, flipVertical: true }], ['a shift', { shift: 0.1 }], ['everything', { rotate: 25, scale: 0.2, shift: 0.05, flipHorizontal: true }],
  ])('moves keypoints along with %s', (_, augment) => {
    const target = { kind: 'numbers', columns: ['x', 'y'], values: Float32Array.of(20.5 / 41, 12.5 / 41), geometry: 'keypoints' } as const
    for (const size of [41, 60]) {
      const source = openBatches({ dataset: { input: dot(41, 20.5, 12.5), target }, standardization: gray, augment: Augment.parse(augment), size })
      for (let seed = 0; seed < 30; seed++) {
        const batch = source.assemble([0], seed)
        const [x, y] = centerOf(batch.input, size, size)
        expect(batch.target[0]).toBeCloseTo(x, 2)
        expect(batch.target[1]).toBeCloseTo(y, 2)
      }
    }
  })

  it('moves boxes along, and keeps them inside the picture', () => {
    const target = { kind: 'numbers', columns: ['x', 'y', 'width', 'height'], values: Float32Array.of(0.1, 0.2, 0.3, 0.4), geometry: 'box' } as const
    const flip = openBatches({ dataset: { input: dot(20, 5, 5), target }, standardization: gray, augment: Augment.parse({ flipHorizontal: true }) })
    const boxes = Array.from({ length: 20 }, (_, seed) => Array.from(flip.assemble([0], seed).target, (value) => Math.round(value * 1e4) / 1e4).join())
    expect(new Set(boxes)).toEqual(new Set(['0.1,0.2,0.3,0.4', '0.6,0.2,0.3,0.4']))
    const shifted = openBatches({ dataset: { input: dot(20, 5, 5), target }, standardization: gray, augment: Augment.parse({ shift: 0.5 }) })
    for (let seed = 0; seed < 50; seed++) {
      const [x = 0, y = 0, width = 0, height = 0] = shifted.assemble([0], seed).target
      expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(0)
      expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-6)
    }
  })
})
