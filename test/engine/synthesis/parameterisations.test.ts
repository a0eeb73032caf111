import { describe, expect, it } from 'vitest'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { createRandom } from '#engine/lib/random.ts'
import { buildPictureGraph } from '#engine/synthesis/step-graph.ts'
import { parameterisations } from '#engine/synthesis/registries.ts'
import type { PictureShape } from '#engine/synthesis/define-parameterisation.ts'
import { runModel } from '../../support/run-model.ts'

const fourier = parameterisations.get('fourier')!

async function pictureOf(shape: PictureShape, spectrum: Float32Array): Promise<Float32Array> {
  const initial = fourier.initial(shape, createRandom(1))
  const { dims } = initial['spectrum']!
  const { model, output } = buildPictureGraph(fourier, { spectrum: dims }, shape, cpuTarget)
  return (await runModel(model, { spectrum: { dataType: 'float32', dims, data: spectrum } }))[output]!.data as Float32Array
}

/** The definition, term by term: every coefficient's wave and, where it has one, its mirror image's. */
function byDefinition({ height, width }: PictureShape, spectrum: Float32Array): number[] {
  const columns = Math.floor(width / 2) + 1
  const signed = (index: number, length: number): number => (index <= length / 2 ? index : index - length) / length
  return Array.from({ length: height * width }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    let sum = 0
    for (let u = 0; u < height; u++)
      for (let v = 0; v < columns; v++) {
        const scale = Math.sqrt(height * width) / Math.max(Math.hypot(signed(u, height), signed(v, width)), 1 / Math.max(height, width))
        const [real, imaginary] = [spectrum[u * columns + v]! * scale, spectrum[(height + u) * columns + v]! * scale]
        const angle = 2 * Math.PI * ((u * y) / height + (v * x) / width)
        const times = v === 0 || 2 * v === width ? 1 : 2
        sum += (times * (real * Math.cos(angle) - imaginary * Math.sin(angle))) / (height * width)
      }
    return 1 / (1 + Math.exp(-sum / 4))
  })
}

/** float32 sums of some hundred cosines. */
const tolerance = 1e-5

describe('a picture written as frequencies', () => {
  it.each([[6, 8], [5, 7], [7, 4]])('is the inverse Fourier transform of its spectrum (%i by %i)', async (height, width) => {
    const shape: PictureShape = { batch: 1, channels: 1, height, width, ground: 0.5, alpha: false, colors: 'photographs' }
    const random = createRandom(4)
    const spectrum = Float32Array.from({ length: 2 * height * (Math.floor(width / 2) + 1) }, () => random.normal(0, 0.5))
    const picture = await pictureOf(shape, spectrum)
    const expected = byDefinition(shape, spectrum)
    expect(Math.max(...expected.map((value, index) => Math.abs(value - picture[index]!)))).toBeLessThan(tolerance)
  })
})

describe('every parameterisation', () => {
  it.each([...parameterisations.keys()])('shows the ground of an empty picture, and one more plane where it is transparent (%s)', async (id) => {
    const parameterisation = parameterisations.get(id)!
    const shape: PictureShape = { batch: 1, channels: 1, height: 12, width: 10, ground: 0.1, alpha: true, colors: 'thumbnails' }
    const initial = parameterisation.initial(shape, createRandom(1))
    const { model, output } = buildPictureGraph(parameterisation, Object.fromEntries(Object.entries(initial).map(([name, { dims }]) => [name, dims])), shape, cpuTarget)
    const nothing = Object.fromEntries(Object.entries(initial).map(([name, tensor]) => [name, { ...tensor, data: new Float32Array(tensor.data.length) }]))
    const picture = (await runModel(model, nothing))[output]!
    expect(picture.dims).toEqual([1, 2, 12, 10])
    const values = [...picture.data as Float32Array]
    expect(Math.max(...values.slice(0, 120).map((value) => Math.abs(value - 0.1)))).toBeLessThan(tolerance)
    expect(values.slice(120)).toEqual(Array(120).fill(0.5))
  })

  it.each([...parameterisations.keys()])('begins near gray, within 0..1, and the same for the same seed (%s)', async (id) => {
    const parameterisation = parameterisations.get(id)!
    const shape: PictureShape = { batch: 2, channels: 3, height: 12, width: 10, ground: 0.5, alpha: false, colors: 'photographs' }
    const make = async (seed: number): Promise<Float32Array> => {
      const initial = parameterisation.initial(shape, createRandom(seed))
      const { model, output } = buildPictureGraph(parameterisation, Object.fromEntries(Object.entries(initial).map(([name, { dims }]) => [name, dims])), shape, cpuTarget)
      return (await runModel(model, initial))[output]!.data as Float32Array
    }
    const [first, again, other] = [await make(1), await make(1), await make(2)]
    expect(first).toHaveLength(2 * 3 * 12 * 10)
    expect(first.every((value) => value > 0.2 && value < 0.8)).toBe(true)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })
})

describe('a picture written as a sum of resolutions', () => {
  it('is flat where one pixel of a flat level says so, and straight between two', async () => {
    const pyramid = parameterisations.get('pyramid')!
    const shape: PictureShape = { batch: 1, channels: 1, height: 16, width: 8, ground: 0.5, alpha: false, colors: 'photographs' }
    const initial = pyramid.initial(shape, createRandom(1))
    expect(Object.values(initial).map(({ dims }) => dims)).toEqual([[1, 1, 16, 8], [1, 1, 8, 4]])
    const { model, output } = buildPictureGraph(pyramid, Object.fromEntries(Object.entries(initial).map(([name, { dims }]) => [name, dims])), shape, cpuTarget)
    // Row r of the coarse level is r: between their middles the fine rows lie a half apart.
    const coarse = Float32Array.from({ length: 32 }, (_, at) => Math.floor(at / 4))
    const drawn = (await runModel(model, { level0: { ...initial['level0']!, data: new Float32Array(128) }, level1: { ...initial['level1']!, data: coarse } }))[output]!.data as Float32Array
    const logit = (value: number): number => Math.log(value / (1 - value))
    const rows = Array.from({ length: 16 }, (_, row) => logit(drawn[row * 8 + 3]!))
    for (const [row, value] of rows.entries()) expect(value).toBeCloseTo(Math.min(7, Math.max(0, (row + 0.5) / 2 - 0.5)), 3)
  })
})
