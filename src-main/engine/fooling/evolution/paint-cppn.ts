/** A CPPN evaluated at every pixel, node by node over stretches of pixels that stay in the cache. */
import type { Extent } from '../probe.ts'
import { activations, evaluationOrder, inputCount } from './cppn-genome.ts'
import type { Cppn } from './cppn-genome.ts'
import { cppnKernels } from './cppn-kernels.ts'
import { createSimdModule } from './simd-module.ts'

/** Pixels at a time: 8 kB a node. */
const stretch = 2048
const pageBytes = 65_536
const wordBytes = 4

/** Into [C, H, W], of 8 bits in 0..1: gray, or hue, lightness and saturation as the authors have it, each output's -1..1 taken to 0..1. */
export function cppnPainter({ channels, height, width }: Extent): (cppn: Cppn, into: Float32Array) => void {
  const plane = height * width
  // Loops take four pixels at a time.
  const padded = Math.ceil(plane / 4) * 4
  const { memory, call } = createSimdModule(cppnKernels)
  const planeBytes = padded * wordBytes
  const picture = 3 * planeBytes
  const nodes = picture + channels * planeBytes
  const ensure = (bytes: number): void => { if (memory.buffer.byteLength < bytes) memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes)) }
  ensure(nodes)
  placesOf(height, width).forEach((place, index) => { new Float32Array(memory.buffer, index * planeBytes, plane).set(place) })
  const addressOf = (node: number): number => nodes + (node - inputCount) * stretch * wordBytes

  return (cppn, into) => {
    ensure(addressOf(inputCount + cppn.nodes.length))
    const steps = evaluationOrder(cppn).map((node) => {
      const links = cppn.links.filter(({ to }) => to === node)
      const isBias = ({ from }: { readonly from: number }): boolean => from === inputCount - 1
      return { node, bias: links.filter(isBias).reduce((sum, { weight }) => sum + weight, 0), links: links.filter((link) => !isBias(link)), activation: activations[cppn.nodes[node - inputCount] ?? 0] ?? 'linear' }
    })
    for (let start = 0; start < padded; start += stretch) {
      const bytes = Math.min(stretch, padded - start) * wordBytes
      const place = (from: number): number => (from < inputCount ? from * planeBytes + start * wordBytes : addressOf(from))
      for (const { node, bias, links, activation } of steps) {
        const sum = addressOf(node)
        call('fill', sum, bias, bytes)
        for (let index = 0; index < links.length; index += 2) {
          const [first, second] = [links[index], links[index + 1]]
          if (first && second) call('addTwoScaled', sum, place(first.from), place(second.from), sum, first.weight, second.weight, bytes)
          else if (first) call('addScaled', sum, place(first.from), sum, first.weight, bytes)
        }
        call(activation, sum, sum, bytes)
      }
      const target = (channel: number): number => picture + channel * planeBytes + start * wordBytes
      if (channels === 1) call('gray', addressOf(inputCount), target(0), bytes)
      else call('color', addressOf(inputCount), addressOf(inputCount + 1), addressOf(inputCount + 2), target(0), target(1), target(2), bytes)
    }
    for (let channel = 0; channel < channels; channel++) into.set(new Float32Array(memory.buffer, picture + channel * planeBytes, plane), channel * plane)
  }
}

/** x and y in -1..1, and the distance from the middle times 1.4. */
function placesOf(height: number, width: number): readonly Float32Array[] {
  const [x, y, distance] = [new Float32Array(height * width), new Float32Array(height * width), new Float32Array(height * width)] as const
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column
      x[at] = width === 1 ? 0 : (2 * column) / (width - 1) - 1
      y[at] = height === 1 ? 0 : (2 * row) / (height - 1) - 1
      distance[at] = 1.4 * Math.hypot(x[at], y[at])
    }
  }
  return [x, y, distance]
}
