import { afterAll, describe, expect, it } from 'vitest'
import { createKernels } from '#engine/activations/kernels.ts'
import { createLinkFinder } from '#engine/activations/links.ts'
import type { Links } from '#engine/activations/links.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { int, ints } from '#engine/onnx/attributes.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { graphModel } from '../../support/graph-model.ts'
import type { GraphText } from '../../support/graph-model.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
afterAll(() => runtime.dispose())

/** Weight w[o, i] = 10 (o + 1) + i + 1, the same at every place. */
const kernel = (outputs: number, inputs: number, area: readonly number[] = [1, 1]) => {
  const places = area.reduce((product, dim) => product * dim, 1)
  return float32Tensor([outputs, inputs, ...area], Array.from({ length: outputs * inputs * places }, (_, index) => 10 * (Math.floor(index / (inputs * places)) + 1) + (Math.floor(index / places) % inputs) + 1))
}
const picture = { x: [1, 3, 8, 8] }

async function open(text: GraphText) {
  const network = await openNetwork(graphModel(text), { runtime })
  const named = (part: string): string => network.structure.layers.find(({ outputTensor, nodes }) => outputTensor === part || nodes.includes(part))?.id ?? part
  const finder = createLinkFinder(network)
  const shown = (links: Links['incoming']) => links.map(({ layer, unit, weight }) => `${layer}:${unit}=${weight}`).sort()
  return {
    network,
    incoming: (layer: string, unit: number) => shown(finder.find(named(layer), unit, 256).incoming),
    outgoing: (layer: string, unit: number) => shown(finder.find(named(layer), unit, 256).outgoing),
    named,
  }
}

describe('links', () => {
  it('pass a channel shuffle to the channels that were there before', async () => {
    // 4 channels as 2 groups of 2, transposed: 0 1 2 3 -> 0 2 1 3.
    const { incoming, outgoing, named } = await open({
      inputs: picture, outputs: { y: [1, 1, 8, 8] },
      constants: { w: kernel(4, 3), v: kernel(1, 4), apart: int64Tensor([5], [1, 2, 2, 8, 8]), back: int64Tensor([4], [1, 4, 8, 8]) },
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'Reshape', inputs: ['a', 'apart'], outputs: ['b'] },
        { op: 'Transpose', inputs: ['b'], outputs: ['c'], attributes: { perm: ints([0, 2, 1, 3, 4]) } }, { op: 'Reshape', inputs: ['c', 'back'], outputs: ['d'] },
        { op: 'Conv', inputs: ['d', 'v'], outputs: ['y'] },
      ],
    })
    const a = named('a')
    expect(incoming('y', 0)).toEqual([`${a}:0=11`, `${a}:1=13`, `${a}:2=12`, `${a}:3=14`])
    expect(outgoing('a', 2)).toEqual([`${named('y')}:0=12`])
  })

  it('pass residual additions to every branch, and gates to what they gate', async () => {
    const { incoming, outgoing, named } = await open({
      inputs: picture, outputs: { y: [1, 1, 8, 8] }, constants: { w: kernel(2, 3), v: kernel(2, 2), g: kernel(2, 2), u: kernel(1, 2) },
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'Relu', inputs: ['a'], outputs: ['ar'] }, { op: 'Conv', inputs: ['ar', 'v'], outputs: ['b'] },
        { op: 'GlobalAveragePool', inputs: ['b'], outputs: ['p'] }, { op: 'Conv', inputs: ['p', 'g'], outputs: ['q'] }, { op: 'Sigmoid', inputs: ['q'], outputs: ['s'] },
        { op: 'Mul', inputs: ['b', 's'], outputs: ['m'] }, { op: 'Add', inputs: ['ar', 'm'], outputs: ['r'] }, { op: 'Conv', inputs: ['r', 'u'], outputs: ['y'] },
      ],
    })
    expect(incoming('y', 0)).toEqual([`${named('a')}:0=11`, `${named('a')}:1=12`, `${named('b')}:0=11`, `${named('b')}:1=12`, `${named('q')}:0=11`, `${named('q')}:1=12`].sort())
    expect(outgoing('b', 1)).toEqual([`${named('q')}:0=12`, `${named('q')}:1=22`, `${named('y')}:0=12`].sort())
    expect(incoming('a', 1)).toEqual([0, 1, 2].map((unit) => `${named('x')}:${unit}=${21 + unit}`))
  })

  it('pass concatenations, slices and padded channels by their offsets, and stay within groups', async () => {
    const { incoming, named } = await open({
      inputs: picture, outputs: { y: [1, 2, 8, 8] },
      constants: { w: kernel(2, 3), v: kernel(2, 3), u: kernel(2, 3), from: int64Tensor([1], [1]), to: int64Tensor([1], [4]), axis: int64Tensor([1], [1]), pads: int64Tensor([8], [0, 1, 0, 0, 0, 2, 0, 0]) },
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'Conv', inputs: ['x', 'v'], outputs: ['b'] }, { op: 'Concat', inputs: ['a', 'b'], outputs: ['c'], attributes: { axis: int(1) } },
        { op: 'Slice', inputs: ['c', 'from', 'to', 'axis'], outputs: ['d'] }, { op: 'Pad', inputs: ['d', 'pads'], outputs: ['e'] },
        { op: 'Conv', inputs: ['e', 'u'], outputs: ['y'], attributes: { group: int(2) } },
      ],
    })
    // c: a0 a1 b0 b1; d: a1 b0 b1; e: - a1 b0 | b1 - -.
    expect(incoming('y', 0)).toEqual([`${named('a')}:1=12`, `${named('b')}:0=13`].sort())
    expect(incoming('y', 1)).toEqual([`${named('b')}:1=21`])
  })

  it('add up the weights by which a dense layer reads the positions of a map', async () => {
    const { incoming, outgoing, network, named } = await open({
      inputs: picture, outputs: { y: [1, 2] }, constants: { w: kernel(2, 3), m: float32Tensor([2, 8], Array.from({ length: 16 }, (_, index) => index)) },
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'MaxPool', inputs: ['a'], outputs: ['p'], attributes: { kernel_shape: ints([4, 4]), strides: ints([4, 4]) } },
        { op: 'Flatten', inputs: ['p'], outputs: ['f'] }, { op: 'Gemm', inputs: ['f', 'm'], outputs: ['y'], attributes: { transB: int(1) } },
      ],
    })
    expect(incoming('y', 0)).toEqual([`${named('a')}:0=${0 + 1 + 2 + 3}`, `${named('a')}:1=${4 + 5 + 6 + 7}`])
    expect(outgoing('a', 1)).toEqual([`${named('y')}:0=${4 + 5 + 6 + 7}`, `${named('y')}:1=${12 + 13 + 14 + 15}`])
    // Its kernels are maps over what it reads.
    const sheet = createKernels(network).sheet({ layer: named('y'), offset: 0, count: 9, inputs: 9, sort: 'index', bgr: false })
    expect(sheet).toMatchObject({ dims: [2, 2, 2, 2], totalOutputs: 2, totalInputs: 2, color: false, extent: 15 })
    expect([...sheet.data]).toEqual(Array.from({ length: 16 }, (_, index) => index))
  })

  it('follow transposed convolutions and dense layers of either order', async () => {
    const { incoming, named } = await open({
      inputs: { x: [1, 2, 8, 8] }, outputs: { y: [1, 3, 8, 8] }, constants: { w: kernel(2, 3) },
      nodes: [{ op: 'ConvTranspose', inputs: ['x', 'w'], outputs: ['y'] }],
    })
    // [inputs, outputs]: from input 0 to output 2 leads 13, from input 1 leads 23.
    expect(incoming('y', 2)).toEqual([`${named('x')}:0=13`, `${named('x')}:1=23`])
    const dense = await open({ inputs: { x: [1, 784] }, outputs: { y: [1, 2] }, constants: { w: float32Tensor([784, 2], Array.from({ length: 1568 }, (_, index) => index)) }, nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }] })
    const sheet = createKernels(dense.network).sheet({ layer: dense.named('y'), offset: 1, count: 1, inputs: 1, sort: 'index', bgr: false })
    expect(sheet.dims).toEqual([1, 1, 28, 28])
    expect([...sheet.data.subarray(0, 3)]).toEqual([1, 3, 5])
  })

  it('name layers and units that do not exist', async () => {
    const { incoming } = await open({ inputs: picture, outputs: { y: [1, 2, 8, 8] }, constants: { w: kernel(2, 3) }, nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }] })
    expect(() => incoming('z', 0)).toThrow(/no layer 'z'/)
    expect(() => incoming('y', 2)).toThrow(/has 2, 0 to 1/)
  })
})
