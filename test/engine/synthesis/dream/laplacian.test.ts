import { describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { equalizeLevels } from '#engine/synthesis/dream/laplacian.ts'
import { evenOut } from '#engine/synthesis/dream/even.ts'
import { naturalizeColors } from '#engine/synthesis/dream/color-moves.ts'

const rootMeanSquare = (data: ArrayLike<number>): number => Math.sqrt(Array.from(data).reduce((sum, value) => sum + value * value, 0) / data.length)

describe('a gradient with its levels brought to one strength', () => {
  it('gives coarse waves the strength of fine noise', async () => {
    const [height, width] = [64, 96]
    const random = createRandom(2)
    const wave = (at: number): number => Math.sin((2 * Math.PI * (at % width)) / 48)
    const data = Float32Array.from({ length: height * width }, (_, at) => 0.02 * wave(at) + random.normal())
    const correlation = (values: Float32Array): number => values.reduce((sum, value, at) => sum + value * wave(at), 0) / (rootMeanSquare(values) * values.length * Math.SQRT1_2)
    const before = correlation(data)
    await equalizeLevels({ dims: [1, 1, height, width], data }, 4)
    expect(Math.abs(before)).toBeLessThan(0.1)
    expect(correlation(data)).toBeGreaterThan(2 * Math.abs(before))
  })
  it('only scales what has one level, and leaves zeros as they are', async () => {
    const random = createRandom(4)
    const data = Float32Array.from({ length: 35 }, () => random.normal())
    const kept = data.slice()
    await equalizeLevels({ dims: [1, 1, 5, 7], data }, 0)
    expect(data).toEqual(kept)
    const zeros = { dims: [1, 3, 9, 1], data: new Float32Array(27) }
    await equalizeLevels(zeros, 4)
    expect(zeros.data.every((value) => value === 0)).toBe(true)
  })
})

describe('a gradient that is the same everywhere', () => {
  it('brings a quiet half nearer to a loud one', async () => {
    const random = createRandom(5)
    const data = Float32Array.from({ length: 3 * 40 * 80 }, (_, at) => random.normal() * (at % 80 < 40 ? 1 : 0.1))
    const half = (right: boolean): number => rootMeanSquare(data.filter((_, at) => (at % 80 >= 44) === right && (at % 80 < 36 || at % 80 >= 44)))
    await evenOut({ dims: [1, 3, 40, 80], data }, 1)
    expect(half(true) / half(false)).toBeGreaterThan(0.85)
    expect(half(true) / half(false)).toBeLessThan(1.15)
  })
})

describe('natural colors', () => {
  it('keep gray moves and weaken colored ones', () => {
    const data = Float32Array.of(1, 1, 1, -1, 1, 0)
    naturalizeColors({ dims: [1, 3, 1, 2], data }, 1)
    const gray = Math.hypot(data[0]!, data[2]!, data[4]!) / Math.sqrt(3)
    const colored = Math.hypot(data[1]!, data[3]!, data[5]!) / Math.SQRT2
    expect(gray).toBeGreaterThan(4 * colored)
  })
})
