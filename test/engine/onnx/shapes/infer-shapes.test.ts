/** What inference does beyond single operators: symbols, plumbing, hints, contradictions, control flow, size. */
import { describe, expect, it } from 'vitest'
import { int, ints, tensor } from '#engine/onnx/attributes.ts'
import type { Attribute, Model, Shape, Tensor } from '#engine/onnx/model.ts'
import { contentOf } from '#engine/onnx/shapes/content.ts'
import { foldConstants } from '#engine/onnx/shapes/fold-constants.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { float32Tensor, int64Tensor, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { cpuTimeOf } from '../../../support/cpu-time.ts'
import { graph, modelOf, node } from '../../../support/graph-builder.ts'

const model = modelOf
const integers = (...values: number[]): Tensor => int64Tensor([values.length], values)
const shapeOf = (of: Model, name: string, dims?: Record<string, Shape>): Shape | undefined => inferShapes(of, dims).get(name)?.shape

/** x.view(x.size(0), -1) as PyTorch exports it. */
const flatten = model(
  graph(
    [
      node('Shape', 'x', 's'), node('Constant', '', 'zero', { value: tensor(int64Tensor([], [0])) }), node('Gather', 's zero', 'n', { axis: int(0) }),
      node('Unsqueeze', 'n axes', 'n1'), node('Concat', 'n1 rest', 'target', { axis: int(0) }), node('Reshape', 'x target', 'y'),
    ],
    [['x', ['batch', 512, 7, 7]]], 'y', { axes: integers(0), rest: integers(-1) },
  ),
)

describe('symbolic extents', () => {
  it('survive the plumbing that computes a target shape', () => {
    expect(shapeOf(flatten, 'y')).toEqual(['batch', 512 * 49])
  })

  it('become numbers where the caller fixes the input', () => {
    expect(shapeOf(flatten, 'y', { x: [3, 512, 7, 7] })).toEqual([3, 512 * 49])
  })

  it('fixed at one input are fixed wherever the file names them', () => {
    const two = model(graph([node('Unheard', 'a b', 'y')], [['a', ['n', 3]], ['b', ['n', 4]]], 'y', {}, [['y', ['n', 7]]]))
    expect(shapeOf(two, 'y', { a: [5, 3] })).toEqual([5, 7])
    expect(shapeOf(two, 'b', { a: [5, 3] })).toEqual([5, 4])
  })

  it('broadcast with 1 and give way to numbers', () => {
    const sum = model(graph([node('Add', 'a b', 'y')], [['a', ['n', 1, 'w', 'h']], ['b', [1, 3, 8, 'k']]], 'y'))
    expect(shapeOf(sum, 'y')).toEqual(['n', 3, 8, null])
  })

  it('pass a Where that replaces -1 in the shape of an Expand', () => {
    const expand = model(
      graph(
        [node('Shape', 'x', 's'), node('Equal', 's minus', 'open'), node('Where', 'open ones s', 'target'), node('Expand', 'token target', 'y')],
        [['x', ['n', 4, 8]], ['token', [1, 1, 8]]], 'y', { minus: integers(-1), ones: integers(1, 1, 1) },
      ),
    )
    expect(shapeOf(expand, 'y')).toEqual(['n', 4, 8])
  })

  it('are open after a convolution with a stride, and kept by one that preserves extents', () => {
    const weights = { w: float32Tensor([8, 3, 3, 3], new Float32Array(216)) }
    const conv = (attributes: Record<string, Attribute>): Model => model(graph([node('Conv', 'x w', 'y', attributes)], [['x', ['n', 3, 'h', 'w']]], 'y', weights))
    expect(shapeOf(conv({ pads: ints([1, 1, 1, 1]) }), 'y')).toEqual(['n', 8, 'h', 'w'])
    expect(shapeOf(conv({ pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) }), 'y')).toEqual(['n', 8, null, null])
  })
})

describe('shapes that the file states', () => {
  const unheard = model(graph([node('Unheard', 'x', 'h'), node('Relu', 'h', 'y')], [['x', [1, 4]]], 'y', {}, [['h', [1, 9]]]))

  it('serve where nothing is inferred', () => {
    expect(shapeOf(unheard, 'y')).toEqual([1, 9])
  })

  it('are not believed once an input has another extent than the file states', () => {
    expect(shapeOf(unheard, 'y', { x: [2, 4] })).toBeUndefined()
  })

  it('yield to what is inferred', () => {
    expect(shapeOf(model(graph([node('Relu', 'x', 'y')], [['x', [1, 4]]], 'y', {}, [['y', [1, 5]]])), 'y')).toEqual([1, 4])
  })

  it('leave an unknown operator without a statement unknown, and everything after it', () => {
    const facts = inferShapes(model(graph([node('Unheard', 'x', 'h'), node('Conv', 'h w', 'y')], [['x', [1, 4]]], 'y', { w: float32Tensor([1, 1, 1, 1], [1]) })))
    expect(facts.has('h')).toBe(false)
    expect(facts.get('y')?.shape).toBeUndefined()
  })
})

describe('contradictions name node, expected and got', () => {
  const cases: readonly (readonly [string, Model, RegExp])[] = [
    ['channels of a convolution', model(graph([node('Conv', 'x w', 'y', {}, 'stem')], [['x', [1, 4, 8, 8]]], 'y', { w: float32Tensor([2, 3, 3, 3], new Float32Array(54)) })), /Conv node 'stem'.*expect 3 input channels, got 4/],
    ['a window larger than its input', model(graph([node('MaxPool', 'x', 'y', { kernel_shape: ints([3, 3]) })], [['x', [1, 4, 2, 8]]], 'y')), /MaxPool node 'y'.*window of 3.*does not fit.*extent is 2/],
    ['inner extents of a product', model(graph([node('MatMul', 'a b', 'y')], [['a', [2, 3]], ['b', [4, 5]]], 'y')), /MatMul node 'y'.*\[2, 3\] and \[4, 5\]/],
    ['inner extents of Gemm', model(graph([node('Gemm', 'a b', 'y')], [['a', [2, 3]], ['b', [4, 5]]], 'y')), /Gemm node 'y'.*expected 4, got 3|Gemm node 'y'.*expected 3, got 4/],
    ['elements of a reshape', model(graph([node('Reshape', 'x s', 'y')], [['x', [2, 3]]], 'y', { s: integers(4, 2) })), /Reshape node 'y'.*\[4, 2\].*6 elements/],
    ['elements of a reshape with -1', model(graph([node('Reshape', 'x s', 'y')], [['x', [2, 3]]], 'y', { s: integers(4, -1) })), /Reshape node 'y'.*\[4, -1\].*6 elements/],
    ['broadcasting', model(graph([node('Add', 'a b', 'y')], [['a', [2, 3]], ['b', [2, 4]]], 'y')), /Add node 'y'.*\[2, 3\] and \[2, 4\]/],
    ['extents beside a concatenation', model(graph([node('Concat', 'a b', 'y', { axis: int(1) })], [['a', [2, 3]], ['b', [3, 4]]], 'y')), /Concat node 'y'.*axis 0.*expected 2, got 3/],
    ['an axis out of range', model(graph([node('Gather', 'x i', 'y', { axis: int(2) })], [['x', [2, 3]]], 'y', { i: integers(0) })), /Gather node 'y'.*axis 2.*\[-2, 1\]/],
    ['a squeezed axis that is not 1', model(graph([node('Squeeze', 'x a', 'y')], [['x', [2, 3]]], 'y', { a: integers(0) })), /Squeeze node 'y'.*extent 1, got 2/],
    ['parts of a split', model(graph([node('Split', 'x p', 'a b', { axis: int(1) })], [['x', [2, 3]]], 'a', { p: integers(1, 1) })), /Split node 'a'.*add up to 3/],
    ['a permutation', model(graph([node('Transpose', 'x', 'y', { perm: ints([0, 0]) })], [['x', [2, 3]]], 'y')), /Transpose node 'y'.*\[0, 0\]/],
    ['a crop beyond the input', model(graph([node('Pad', 'x p', 'y')], [['x', [2]]], 'y', { p: integers(-2, -1) })), /Pad node 'y'/],
  ]
  it.each(cases)('%s', (_, contradictory, message) => {
    expect(() => inferShapes(contradictory)).toThrow(expect.objectContaining({ code: 'shape-mismatch', message: expect.stringMatching(message) as string }) as Error)
  })

  it('refuses input extents of another rank', () => {
    expect(() => inferShapes(flatten, { x: [1, 2] })).toThrow(/Input 'x' was expected to have rank 4/)
  })
})

describe('control flow', () => {
  const branch = (op: string): Attribute => ({ kind: 'graph', value: graph([node(op, 'x', `${op}-y`)], [], `${op}-y`) })

  it('If yields what both branches agree on', () => {
    const choice = model(graph([node('If', 'c', 'y', { then_branch: branch('Relu'), else_branch: branch('GlobalAveragePool') })], [['x', [1, 3, 4, 4]], ['c', [], 'bool']], 'y'))
    expect(shapeOf(choice, 'y')).toEqual([1, 3, null, null])
  })

  it('If with a known condition yields its branch', () => {
    const choice = (value: number): Model =>
      model(graph([node('If', 'c', 'y', { then_branch: branch('Relu'), else_branch: branch('GlobalAveragePool') })], [['x', [1, 3, 4, 4]]], 'y', { c: tensorOfNumbers('bool', [], [value]) }))
    expect(shapeOf(choice(1), 'y')).toEqual([1, 3, 4, 4])
    expect(shapeOf(choice(0), 'y')).toEqual([1, 3, 1, 1])
  })

  it('Loop opens the extents that an iteration changes and stacks its scans', () => {
    const body = graph(
      [node('Concat', 'grown x', 'longer', { axis: int(0) }), node('Relu', 'kept', 'same'), node('Identity', 'go', 'on'), node('Relu', 'x', 'scan')],
      [['i', [], 'int64'], ['go', [], 'bool'], ['grown'], ['kept']], 'on longer same scan',
    )
    const loop = model(graph([node('Loop', 'trips - x x', 'a b c', { body: { kind: 'graph', value: body } })], [['x', [2, 5]]], 'a', { trips: int64Tensor([], [4]) }))
    expect(shapeOf(loop, 'a')).toEqual([null, 5])
    expect(shapeOf(loop, 'b')).toEqual([2, 5])
    expect(shapeOf(loop, 'c')).toEqual([4, 2, 5])
  })

  it('Scan slices its inputs and stacks its outputs', () => {
    const body = graph([node('Add', 'state row', 'next'), node('Relu', 'next', 'out')], [['state'], ['row']], 'next out')
    const scan = model(graph([node('Scan', 's x', 'a b', { body: { kind: 'graph', value: body }, num_scan_inputs: int(1) })], [['s', [5]], ['x', [7, 5]]], 'a'))
    expect(shapeOf(scan, 'a')).toEqual([5])
    expect(shapeOf(scan, 'b')).toEqual([7, 5])
  })
})

describe('folding constants', () => {
  it('replaces the plumbing of shapes and keeps what yields an output', () => {
    const facts = inferShapes(flatten, { x: [3, 512, 7, 7] })
    const folded = foldConstants(flatten, facts)
    expect(folded.graph.nodes.map(({ opType }) => opType)).toEqual(['Reshape'])
    expect([...folded.graph.initializers.keys()]).toEqual(['target'])
    const target = folded.graph.initializers.get('target')
    expect(target && contentOf({ dataType: 'int64', constant: target })?.values).toEqual([3, -1])
    const known = model(graph([node('Shape', 'x', 's')], [['x', [2, 3]]], 's'))
    expect(foldConstants(known, inferShapes(known)).graph.nodes).toHaveLength(1)
  })

  it('rounds as the runtime does: float32 scales, integer division towards zero', () => {
    const arithmetic = model(
      graph([node('Shape', 'x', 's'), node('Cast', 's', 'f', { to: int(1) }), node('Mul', 'f scale', 'm'), node('Floor', 'm', 'fl'), node('Cast', 'fl', 'size', { to: int(7) }), node('Div', 'minus two', 'q')], [['x', [7, 49]]], 'size q', {
        scale: float32Tensor([], [1 / 49]), minus: integers(-7), two: integers(2),
      }),
    )
    const facts = inferShapes(arithmetic)
    // 49 times float32(1 / 49) is 1 in float32, and below 1 in float64.
    expect(contentOf(facts.get('size'))?.values).toEqual([0, 1])
    expect(contentOf(facts.get('q'))?.values).toEqual([-3])
  })
})

/** Processor time; cold it takes about 200. */
const longestMs = 800

it('walks 8,000 nodes in well under a second', () => {
  const nodes = Array.from({ length: 2000 }, (_, index) => [
    node('Conv', `x${index} w`, `c${index}`, { pads: ints([1, 1, 1, 1]) }), node('Relu', `c${index}`, `r${index}`), node('Shape', `r${index}`, `s${index}`), node('Reshape', `r${index} s${index}`, `x${index + 1}`),
  ]).flat()
  const deep = model(graph(nodes, [['x0', [1, 3, 32, 32]]], 'x2000', { w: float32Tensor([3, 3, 3, 3], new Float32Array(81)) }))
  const { result, milliseconds } = cpuTimeOf(() => shapeOf(deep, 'x2000'))
  expect(result).toEqual([1, 3, 32, 32])
  expect(milliseconds).toBeLessThan(longestMs)
})
