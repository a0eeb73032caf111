/** Compositions that exporters write out in full, each as the one layer that people know. */
import { describe, expect, it } from 'vitest'
import { int, ints } from '#engine/onnx/attributes.ts'
import type { Node } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { graph, modelOf, node, ones } from '../../support/graph-builder.ts'
import { described } from '../../support/opened.ts'

const scalar = (value: number) => float32Tensor([], [value])
const list = (...values: number[]) => int64Tensor([values.length], values)
const constants = {
  w: ones(4, 4, 1, 1), half: scalar(0.5), one: scalar(1), two: scalar(2), three: scalar(3), six: scalar(6), zero: scalar(0), root: scalar(Math.SQRT2), cubic: scalar(0.044715), factor: scalar(0.7978846), epsilon: scalar(1e-5),
  gamma: ones(8), beta: ones(8), q: ones(8, 8), k: ones(8, 8), v: ones(8, 8), s0: list(0), s1: list(1), s2: list(2), s4: list(4), end: list(2 ** 31), a1: list(1), a2: list(2), a3: list(3),
}
const conv = (from: string, to: string): Node => node('Conv', `${from} w`, to)

/** Operators of the layers of a net over x [1, 4, 8, 8], each with what is fused to it, inputs and outputs left out. */
function outline(nodes: readonly Node[], output: string, shape: readonly number[] = [1, 4, 8, 8]): readonly string[] {
  const { layers } = described(modelOf(graph(nodes, [['x', shape]], output, constants)))
  return layers.filter(({ kind }) => kind !== 'input' && kind !== 'output').map(({ op, fused }) => [op, ...fused].join('+'))
}

describe('activations written as arithmetic', () => {
  const cases: readonly (readonly [string, string, readonly Node[]])[] = [
    ['x sigmoid(x)', 'SiLU', [node('Sigmoid', 'c', 's'), node('Mul', 'c s', 'y')]],
    ['x hard-sigmoid(x)', 'HardSwish', [node('HardSigmoid', 'c', 's'), node('Mul', 's c', 'y')]],
    ['x clip(x + 3, 0, 6) / 6, divided last', 'HardSwish', [node('Add', 'c three', 'a'), node('Clip', 'a zero six', 'b'), node('Mul', 'c b', 'd'), node('Div', 'd six', 'y')]],
    ['x (clip(x + 3, 0, 6) / 6), divided first', 'HardSwish', [node('Add', 'c three', 'a'), node('Clip', 'a zero six', 'b'), node('Div', 'b six', 'd'), node('Mul', 'd c', 'y')]],
    ['x tanh(softplus(x))', 'Mish', [node('Softplus', 'c', 's'), node('Tanh', 's', 't'), node('Mul', 'c t', 'y')]],
    ['x (1 + erf(x / sqrt 2)) / 2, halved last', 'Gelu', [node('Div', 'c root', 'a'), node('Erf', 'a', 'b'), node('Add', 'b one', 'd'), node('Mul', 'c d', 'e'), node('Mul', 'e half', 'y')]],
    ['(x / 2) (1 + erf(x / sqrt 2))', 'Gelu', [node('Div', 'c root', 'a'), node('Erf', 'a', 'b'), node('Add', 'b one', 'd'), node('Mul', 'c half', 'h'), node('Mul', 'h d', 'y')]],
    ['x ((1 + erf(x / sqrt 2)) / 2)', 'Gelu', [node('Div', 'c root', 'a'), node('Erf', 'a', 'b'), node('Add', 'b one', 'd'), node('Mul', 'd half', 'h'), node('Mul', 'c h', 'y')]],
    ['the tanh form of Gelu', 'Gelu', [node('Pow', 'c three', 'p'), node('Mul', 'p cubic', 'm'), node('Add', 'c m', 's'), node('Mul', 's factor', 'f'), node('Tanh', 'f', 't'), node('Add', 't one', 'o'), node('Mul', 'c o', 'e'), node('Mul', 'e half', 'y')]],
  ]
  it.each(cases)('%s is %s', (_, name, nodes) => {
    expect(outline([conv('x', 'c'), ...nodes], 'y')).toEqual([`Conv+${name}`])
  })

  it('is not a gate of something else', () => {
    expect(outline([conv('x', 'a'), conv('x', 'b'), node('Sigmoid', 'a', 's'), node('Mul', 's b', 'y')], 'y')).toEqual(['Conv+Sigmoid', 'Conv', 'Mul'])
  })

  it('is not one whose inside is read elsewhere', () => {
    expect(outline([conv('x', 'c'), node('Sigmoid', 'c', 's'), node('Mul', 'c s', 'm'), node('Add', 'm s', 'y')], 'y')).toEqual(['Conv', 'Sigmoid', 'Mul', 'Add'])
  })
})

describe('normalisations written as arithmetic', () => {
  const mean = (from: string, to: string): Node => node('ReduceMean', from, to, { axes: ints([-1]) })
  const tail = [node('Mul', 'n gamma', 'g'), node('Add', 'g beta', 'y')]
  it('with one centring, with two, with the square as a product, without the mean', () => {
    const root = [mean('p', 'v'), node('Add', 'v epsilon', 'e'), node('Sqrt', 'e', 'r')]
    expect(outline([mean('x', 'm'), node('Sub', 'x m', 'd'), node('Pow', 'd two', 'p'), ...root, node('Div', 'd r', 'n'), ...tail], 'y')).toEqual(['LayerNormalization'])
    expect(outline([mean('x', 'm'), node('Sub', 'x m', 'd'), node('Sub', 'x m', 'd2'), node('Mul', 'd d', 'p'), ...root, node('Div', 'd2 r', 'n'), ...tail], 'y')).toEqual(['LayerNormalization'])
    expect(outline([node('Pow', 'x two', 'p'), ...root, node('Div', 'x r', 'n'), node('Mul', 'n gamma', 'y')], 'y')).toEqual(['RMSNormalization'])
  })
})

describe('attention written as products', () => {
  const tokens = [1, 6, 8]
  const projected = ['q', 'k', 'v'].map((name) => node('MatMul', `x ${name}`, `x${name}`))
  it('with a scale before or after the product, and a mask', () => {
    expect(outline([...projected, node('Transpose', 'xk', 'kt', { perm: ints([0, 2, 1]) }), node('MatMul', 'xq kt', 's'), node('Div', 's two', 'd'), node('Softmax', 'd', 'p'), node('MatMul', 'p xv', 'y')], 'y', tokens)).toEqual(['MatMul', 'MatMul', 'MatMul', 'Attention'])
    expect(outline([...projected, node('Mul', 'xq half', 'qs'), node('Transpose', 'xk', 'kt', { perm: ints([0, 2, 1]) }), node('MatMul', 'qs kt', 's'), node('Add', 's epsilon', 'd'), node('Softmax', 'd', 'p'), node('Dropout', 'p', 'p2'), node('MatMul', 'p2 xv', 'y')], 'y', tokens)).toEqual(['MatMul', 'MatMul', 'MatMul', 'Attention'])
  })

  it('is not a softmax over classes', () => {
    expect(outline([node('MatMul', 'x q', 'l'), node('Softmax', 'l', 'y')], 'y', [1, 8])).toEqual(['MatMul', 'Softmax'])
  })
})

describe('slices', () => {
  const half = (start: 's0' | 's1', to: string): Node => node('Slice', `x ${start} end a3 s2`, to)
  it('side by side split a value', () => {
    expect(outline([node('Slice', 'x s0 s2 a1', 'a'), node('Slice', 'x s2 s4 a1', 'b'), node('Relu', 'a', 'r'), node('Concat', 'r b', 'y', { axis: int(1) })], 'y')).toEqual(['Split', 'Relu', 'Concat'])
  })

  it('with steps, side by side again, fold space into depth', () => {
    expect(outline([half('s0', 'a'), half('s1', 'b'), node('Concat', 'a b', 'y', { axis: int(1) })], 'y')).toEqual(['SpaceToDepth'])
  })

  it('exchanged roll a value', () => {
    expect(outline([node('Slice', 'x s2 end a2', 'a'), node('Slice', 'x s0 s2 a2', 'b'), node('Concat', 'a b', 'y', { axis: int(2) })], 'y')).toEqual(['Roll'])
  })
})

it('does not fuse over a value that something else reads', () => {
  expect(outline([conv('x', 'c'), node('Relu', 'c', 'r'), node('Add', 'r c', 'y')], 'y')).toEqual(['Conv', 'Relu', 'Add'])
})

it('does not fuse a second activation, nor a softmax', () => {
  expect(outline([conv('x', 'c'), node('Relu', 'c', 'r'), node('Tanh', 'r', 't'), node('Softmax', 't', 'y')], 'y')).toEqual(['Conv+Relu', 'Tanh', 'Softmax'])
})
