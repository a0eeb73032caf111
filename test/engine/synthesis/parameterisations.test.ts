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
    const shape: PictureShape = { batch: 1, channels: 1, height, width }
    const random = createRandom(4)
    const spectrum = Float32Array.from({ length: 2 * height * (Math.floor(width / 2) + 1) }, () => random.normal(0, 0.5))
    const picture = await pictureOf(shape, spectrum)
    const expected = byDefinition(shape, spectrum)
    expect(Math.max(...expected.map((value, index) => Math.abs(value - picture[index]!)))).toBeLessThan(tolerance)
  })
})

describe('every parameterisation', () => {
  it.each([...parameterisations.keys()])('begins near gray, within 0..1, and the same for the same seed (%s)', async (id) => {
    const parameterisation = parameterisations.get(id)!
    const shape: PictureShape = { batch: 2, channels: 3, height: 12, width: 10 }
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
