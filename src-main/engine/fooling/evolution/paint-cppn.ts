/** A CPPN evaluated at every pixel, node by node over stretches of pixels that stay in the cache. */
import type { Extent } from '../probe.ts'
import { activations, evaluationOrder, inputCount } from './cppn-genome.ts'
import type { Cppn, Link } from './cppn-genome.ts'
import { cppnKernels, kernelOf, mostLinks } from './cppn-kernels.ts'
import { createSimdModule } from './simd-module.ts'

/** Pixels at a time: 8 kB a node. */
const stretch = 4096
const pageBytes = 65_536
const wordBytes = 4

/** Into [C, H, W], of 8 bits in 0..1: gray, or hue, lightness and saturation as the authors have it, each output's -1..1 taken to 0..1. */
export function cppnPainter({ channels, height, width }: Extent): (cppn: Cppn, into: Float32Array) => void {
  const plane = height * width
  // Loops take four pixels at a time.
  const padded = Math.ceil(plane / 4) * 4
  const { memory, kernel } = createSimdModule(cppnKernels)
  const [gray, color] = [kernel('gray'), kernel('color')]
  const planeBytes = padded * wordBytes
  const picture = 3 * planeBytes
  const nodes = picture + channels * planeBytes
  const ensure = (bytes: number): void => { if (memory.buffer.byteLength < bytes) memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes)) }
  ensure(nodes)
  placesOf(height, width).forEach((place, index) => { new Float32Array(memory.buffer, index * planeBytes, plane).set(place) })
  const addressOf = (node: number): number => nodes + (node - inputCount) * stretch * wordBytes

  return (cppn, into) => {
    ensure(addressOf(inputCount + cppn.nodes.length))
    const steps = evaluationOrder(cppn).flatMap((node) => sumsOf(cppn, node)).map(({ name, node, from, scalars }) => ({
      run: kernel(kernelOf(name, from.length)), places: from.flatMap((each, at) => (each < inputCount ? [{ at, address: each * planeBytes }] : [])), values: [...from.map(addressOf), addressOf(node), ...scalars, 0],
    }))
    for (let start = 0; start < padded; start += stretch) {
      const bytes = Math.min(stretch, padded - start) * wordBytes
      for (const { run, places, values } of steps) {
        // Coordinates go along with the stretch; nodes have one of their own.
        for (const { at, address } of places) values[at] = address + start * wordBytes
        values[values.length - 1] = bytes
        run(...values)
      }
      const target = (channel: number): number => picture + channel * planeBytes + start * wordBytes
      if (channels === 1) gray(addressOf(inputCount), target(0), bytes)
      else color(addressOf(inputCount), addressOf(inputCount + 1), addressOf(inputCount + 2), target(0), target(1), target(2), bytes)
    }
    for (let channel = 0; channel < channels; channel++) into.set(new Float32Array(memory.buffer, picture + channel * planeBytes, plane), channel * plane)
  }
}

interface Sum { readonly name: string; readonly node: number; readonly from: readonly number[]; /** Bias, weights. */ readonly scalars: readonly number[] }

/** What makes a node of those that it reads: one sum, or several where there are many links, each of which goes on from the one before. */
function sumsOf({ links, nodes }: Cppn, node: number): readonly Sum[] {
  const into = links.filter(({ to }) => to === node)
  const isBias = ({ from }: Link): boolean => from === inputCount - 1
  let bias = into.filter(isBias).reduce((sum, { weight }) => sum + weight, 0)
  let open: readonly Link[] = into.filter((link) => !isBias(link))
  const sums: Sum[] = []
  const add = (name: string, parts: readonly Link[]): void => { sums.push({ name, node, from: parts.map(({ from }) => from), scalars: [bias, ...parts.map(({ weight }) => weight)] }) }
  while (open.length > mostLinks) {
    add('sum', open.slice(0, mostLinks))
    open = [{ from: node, to: node, weight: 1 }, ...open.slice(mostLinks)]
    bias = 0
  }
  add(activations[nodes[node - inputCount] ?? 0] ?? 'linear', open)
  return sums
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
