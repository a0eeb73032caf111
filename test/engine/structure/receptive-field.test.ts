/** Receptive fields of small graphs, counted by hand or published. */
import { describe, expect, it } from 'vitest'
import type { Layer } from '#contract/graph.ts'
import { float, ints, string } from '#engine/onnx/attributes.ts'
import type { Attribute, Node } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { graph, modelOf, node, ones } from '../../support/graph-builder.ts'
import { described } from '../../support/opened.ts'

const window = (kernel: number, stride = 1, pad = (kernel - 1) >> 1, dilation = 1): Record<string, Attribute> => ({ kernel_shape: ints([kernel, kernel]), strides: ints([stride, stride]), pads: ints(Array<number>(4).fill(pad)), dilations: ints([dilation, dilation]) })
const weights = { k1: ones(1, 1, 1, 1), k3: ones(1, 1, 3, 3), k5: ones(1, 1, 5, 5), k7: ones(1, 1, 7, 7), dense: ones(64, 10), scales: float32Tensor([4], [1, 1, 2, 2]), starts: int64Tensor([1], [1]), ends: int64Tensor([1], [64]), axes: int64Tensor([1], [3]), steps: int64Tensor([1], [2]) }
const conv = (kernel: 1 | 3 | 5 | 7, from: string, to: string, stride = 1, dilation = 1): Node => node('Conv', `${from} k${kernel}`, to, window(kernel, stride, ((kernel - 1) >> 1) * dilation, dilation))

function fieldOf(nodes: readonly Node[], output: string, size = 64): Layer['receptiveField'] {
  const { layers } = described(modelOf(graph(nodes, [['x', [1, 1, size, size]]], output, weights)))
  return layers.find(({ outputTensor }) => outputTensor === output)?.receptiveField
}
const square = (size: number): Layer['receptiveField'] => ({ height: size, width: size, wholeInput: false })

describe('receptive field', () => {
  it('grows by the kernel times the strides before it', () => {
    expect(fieldOf([conv(3, 'x', 'a'), conv(3, 'a', 'b', 2), conv(3, 'b', 'c')], 'c')).toEqual(square(3 + 2 + 4))
    expect(fieldOf([conv(3, 'x', 'a', 1, 4)], 'a')).toEqual(square(9))
  })

  it('is 483 for the last map of a ResNet-50 that strides in the last unit of a stage (Araujo, Norris, Sim 2019, table 1)', () => {
    const nodes = [conv(7, 'x', 's', 2), node('MaxPool', 's', 'u0', window(3, 2))]
    let unit = 0
    for (const [stage, units] of [3, 4, 6, 3].entries())
      for (let index = 0; index < units; index++, unit++) {
        const stride = index === units - 1 && stage < 3 ? 2 : 1
        const [from, to] = [`u${unit}`, `u${unit + 1}`]
        nodes.push(conv(1, from, `${to}a`), conv(3, `${to}a`, `${to}b`, stride), conv(1, `${to}b`, `${to}c`))
        if (stride === 2) nodes.push(conv(1, from, `${to}s`, 2))
        nodes.push(node('Add', `${to}c ${stride === 2 ? `${to}s` : from}`, to))
      }
    expect(fieldOf(nodes, `u${unit}`, 224)).toEqual(square(483))
  })

  it('through branches is what any of them sees', () => {
    expect(fieldOf([conv(5, 'x', 'a'), conv(3, 'x', 'b'), node('Add', 'a b', 'c')], 'c')).toEqual(square(5))
    // Shifted against each other: pixels 1 to the left of what the other sees.
    expect(fieldOf([node('Conv', 'x k3', 'a', { ...window(3, 1, 0), pads: ints([2, 2, 0, 0]) }), node('Conv', 'x k3', 'b', { ...window(3, 1, 0), pads: ints([0, 0, 2, 2]) }), node('Add', 'a b', 'c')], 'c')).toEqual(square(5))
  })

  it('is the whole picture after global pooling, a dense layer over a map, and gates made of them', () => {
    const pooled = [conv(3, 'x', 'a'), node('GlobalAveragePool', 'a', 'g')]
    expect(fieldOf(pooled, 'g')).toEqual({ height: 64, width: 64, wholeInput: true })
    expect(fieldOf([...pooled, node('Sigmoid', 'g', 'h'), node('Mul', 'a h', 'y')], 'y')).toEqual({ height: 64, width: 64, wholeInput: true })
    const dense = [node('MaxPool', 'x', 'a', window(8, 8, 0)), node('Flatten', 'a', 'f'), node('MatMul', 'f dense', 'y')]
    expect(fieldOf(dense, 'y')).toEqual({ height: 64, width: 64, wholeInput: true })
  })

  it('is not the whole picture after a global pool that leaves some of it out', () => {
    const cropped = [node('Slice', 'x starts ends axes', 'a'), conv(1, 'a', 'b'), node('GlobalAveragePool', 'b', 'y')]
    expect(fieldOf(cropped, 'y')).toEqual({ height: 64, width: 63, wholeInput: false })
  })

  it('after upsampling grows by less', () => {
    const nearest = [conv(3, 'x', 'a', 2), node('Resize', 'a - scales', 'b', { mode: string('nearest') }), conv(3, 'b', 'c')]
    expect(fieldOf(nearest, 'c')).toEqual(square(3 + 2))
    const linear = [conv(3, 'x', 'a', 2), node('Resize', 'a - scales', 'b', { mode: string('linear') })]
    expect(fieldOf(linear, 'b')).toEqual(square(3 + 2))
    const transposed = [conv(3, 'x', 'a', 2), node('ConvTranspose', 'a k3', 'b', { strides: ints([2, 2]) })]
    expect(fieldOf(transposed, 'b')).toEqual(square(3 + 2))
  })

  it('follows a slice with steps', () => {
    expect(fieldOf([node('Slice', 'x starts ends axes steps', 'a'), conv(3, 'a', 'b')], 'b')).toEqual({ height: 3, width: 5, wholeInput: false })
  })

  it('does not count the statistics of a normalisation', () => {
    expect(fieldOf([conv(3, 'x', 'a'), node('InstanceNormalization', 'a k1 k1', 'b', { epsilon: float(1e-5) })], 'b')).toEqual(square(3))
  })
})
