import { describe, expect, it } from 'vitest'
import { activations, evaluationOrder, inputCount, mutateCppn, randomCppn } from '#engine/fooling/evolution/cppn-genome.ts'
import type { Cppn } from '#engine/fooling/evolution/cppn-genome.ts'
import { cppnKernels, kernelOf } from '#engine/fooling/evolution/cppn-kernels.ts'
import { cppnPainter } from '#engine/fooling/evolution/paint-cppn.ts'
import { createSimdModule } from '#engine/fooling/evolution/simd-module.ts'
import { createRandom } from '#engine/lib/random.ts'

/** The same by the book: one pixel at a time, in double precision. */
function paintSlowly(cppn: Cppn, channels: 1 | 3, height: number, width: number): Float64Array {
  const functions = { sine: Math.sin, sigmoid: (x: number) => 2 / (1 + Math.exp(-x)) - 1, gaussian: (x: number) => Math.exp(-x * x), linear: (x: number) => Math.min(1, Math.max(-1, x / 3)) }
  const out = new Float64Array(channels * height * width)
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
    const x = width === 1 ? 0 : (2 * column) / (width - 1) - 1, y = height === 1 ? 0 : (2 * row) / (height - 1) - 1
    const values = [x, y, 1.4 * Math.hypot(x, y), 1]
    for (const node of evaluationOrder(cppn)) values[node] = functions[activations[cppn.nodes[node - inputCount]!]!](cppn.links.filter(({ to }) => to === node).reduce((sum, { from, weight }) => sum + weight * values[from]!, 0))
    const [a = 0, b = 0, c = 0] = [4, 5, 6].map((node) => ((values[node] ?? 0) + 1) / 2)
    const rgb = channels === 1 ? [a] : hls(a, b, c)
    rgb.forEach((value, channel) => { out[(channel * height + row) * width + column] = value })
  }
  return out
}

/** Hue, lightness and saturation in 0..1 by sextants (Smith 1978). */
function hls(hue: number, lightness: number, saturation: number): number[] {
  const chroma = (1 - Math.abs(2 * lightness - 1)) * saturation
  const sextant = (hue * 6) % 6
  const second = chroma * (1 - Math.abs((sextant % 2) - 1))
  const [r, g, b] = [[chroma, second, 0], [second, chroma, 0], [0, chroma, second], [0, second, chroma], [second, 0, chroma], [chroma, 0, second]][Math.floor(sextant)]!
  return [r!, g!, b!].map((value) => value + lightness - chroma / 2)
}

describe('pictures by CPPN', () => {
  it.each([[3, 31, 22], [1, 28, 28], [3, 1, 5], [3, 70, 61]] as const)('are what the formula says at every pixel: %i channels, %i x %i', (channels, height, width) => {
    const random = createRandom(9)
    const paint = cppnPainter({ channels, height, width })
    let cppn = randomCppn(random, channels)
    for (let round = 0; round < 12; round++) {
      for (let step = 0; step < 4; step++) cppn = mutateCppn(cppn, random)
      const fast = new Float32Array(channels * height * width)
      paint(cppn, fast)
      const slow = paintSlowly(cppn, channels, height, width)
      // Half a step of 8 bits, and what single precision adds; at the seam of the hue circle (black to red, 0 to 12) nothing jumps.
      fast.forEach((value, index) => expect(Math.abs(value - slow[index]!)).toBeLessThan(0.5 / 255 + 2e-4))
      expect(fast.every((value) => Math.abs(value * 255 - Math.round(value * 255)) < 1e-4)).toBe(true)
    }
  })

  it('sums all links of a node, however many they are', () => {
    const random = createRandom(3)
    for (const hidden of [3, 4, 5, 8, 9, 13]) {
      const nodes = Array.from({ length: 1 + hidden }, (_, index) => index % activations.length)
      const fromPlaces = Array.from({ length: hidden }, (_, index) => [0, 1, 2, 3].map((from) => ({ from, to: inputCount + 1 + index, weight: random.uniform(-3, 3) }))).flat()
      const cppn: Cppn = { outputs: 1, nodes, links: [...fromPlaces, ...Array.from({ length: hidden + inputCount }, (_, index) => ({ from: index < inputCount ? index : index + 1, to: inputCount, weight: random.uniform(-0.5, 0.5) }))] }
      const fast = new Float32Array(15 * 13)
      cppnPainter({ channels: 1, height: 15, width: 13 })(cppn, fast)
      const slow = paintSlowly(cppn, 1, 15, 13)
      fast.forEach((value, index) => expect(Math.abs(value - slow[index]!)).toBeLessThan(0.5 / 255 + 2e-4))
    }
  })

  it('computes its functions to single precision', () => {
    const { memory, call } = createSimdModule(cppnKernels)
    const values = new Float32Array(memory.buffer, 0, 4096)
    const inputs = Float32Array.from({ length: 4096 }, (_, index) => (index - 2048) / 64)
    const cases: [string, (x: number) => number][] = [['sine', Math.sin], ['sigmoid', (x) => 2 / (1 + Math.exp(-x)) - 1], ['gaussian', (x) => Math.exp(-x * x)], ['linear', (x) => Math.min(1, Math.max(-1, x / 3))]]
    for (const [name, reference] of cases) {
      values.set(inputs)
      call(kernelOf(name, 1), 0, 0, 0, 1, 4 * 4096)
      // Beyond a few turns the angle itself is rounded.
      inputs.forEach((x, index) => expect(Math.abs(values[index]! - reference(x)), `${name}(${x})`).toBeLessThan(4e-7 * (1 + Math.abs(x))))
    }
  })
})
