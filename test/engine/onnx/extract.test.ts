import { describe, expect, it } from 'vitest'
import { int } from '#engine/onnx/attributes.ts'
import { pruneTo, withOutputs } from '#engine/onnx/extract.ts'
import { dataInputs, indexGraph, namer } from '#engine/onnx/graph.ts'
import type { Model } from '#engine/onnx/model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'

/** a = x + w, b = relu(a), c = a * v, (d, e) = split(b), y = d + c, z = exp(x2) */
function diamond(): Model {
  return graphModel({
    inputs: { x: [4], x2: [2] }, outputs: { y: undefined, z: undefined },
    constants: { w: float32Tensor([4], [1, -2, 3, -4]), v: float32Tensor([4], [2, 2, 2, 2]) },
    nodes: [
      { op: 'Add', inputs: ['x', 'w'], outputs: ['a'] }, { op: 'Relu', inputs: ['a'], outputs: ['b'] }, { op: 'Mul', inputs: ['a', 'v'], outputs: ['c'] },
      { op: 'Split', inputs: ['b'], outputs: ['d', 'e'], attributes: { num_outputs: int(2), axis: int(0) } }, { op: 'Concat', inputs: ['d', 'e', 'c'], outputs: ['y'], attributes: { axis: int(0) } },
      { op: 'Exp', inputs: ['x2'], outputs: ['z'] },
    ],
  })
}
const vector = (...values: number[]) => ({ dataType: 'float32' as const, dims: [values.length], data: Float32Array.from(values) })
const names = (model: Model) => ({ inputs: model.graph.inputs.map((input) => input.name), outputs: model.graph.outputs.map((output) => output.name), nodes: model.graph.nodes.map((node) => node.name), weights: [...model.graph.initializers.keys()] })

describe('pruneTo', () => {
  it('keeps what an output needs, and nothing else', async () => {
    const part = pruneTo(diamond(), ['b'])
    expect(names(part)).toEqual({ inputs: ['x'], outputs: ['b'], nodes: ['a', 'b'], weights: ['w'] })
    const { b } = await runModel(part, { x: vector(1, 1, 1, 9) })
    expect(Array.from(b?.data as Float32Array)).toEqual([2, 0, 4, 5])
  })
  it('makes an input of an inner value', async () => {
    const part = pruneTo(diamond(), ['y'], ['b', 'c'])
    expect(names(part)).toEqual({ inputs: ['b', 'c'], outputs: ['y'], nodes: ['d', 'y'], weights: [] })
    const { y } = await runModel(part, { b: vector(1, 2, 3, 4), c: vector(5, 6) })
    expect(Array.from(y?.data as Float32Array)).toEqual([1, 2, 3, 4, 5, 6])
  })
  it('makes an input of one of several outputs of a node that still runs', async () => {
    const part = pruneTo(diamond(), ['y'], ['e'])
    expect(names(part).inputs).toEqual(['e', 'x'])
    const { y } = await runModel(part, { e: vector(7, 8), x: vector(0, 0, 0, 0) })
    expect(Array.from(y?.data as Float32Array)).toEqual([1, 0, 7, 8, 2, -4, 6, -8])
  })
  it('makes an input of a weight', () => expect(names(pruneTo(diamond(), ['a'], ['w']))).toEqual({ inputs: ['w', 'x'], outputs: ['a'], nodes: ['a'], weights: [] }))
  it('names values that are near a name that is not there', () => {
    expect(() => pruneTo(diamond(), ['X'])).toThrow(/no value named 'X'; did you mean 'x'/)
    expect(() => pruneTo(diamond(), ['y'], ['nothing'])).toThrow(/inspect/)
  })
  it('keeps what the body of an If takes from outside', () => {
    const body = graphModel({ inputs: {}, outputs: { r: undefined }, nodes: [{ op: 'Neg', inputs: ['a'], outputs: ['r'] }] }).graph
    const base = diamond()
    const model = { ...base, graph: { ...base.graph, nodes: [...base.graph.nodes, { name: 'if', opType: 'If', domain: '', inputs: ['flag'], outputs: ['i'], attributes: new Map([['then_branch', { kind: 'graph' as const, value: body }], ['else_branch', { kind: 'graph' as const, value: body }]]) }], inputs: [...base.graph.inputs, { name: 'flag', type: { kind: 'tensor' as const, dataType: 'bool' as const, shape: [] } }] } }
    expect(names(pruneTo(model, ['i']))).toEqual({ inputs: ['x', 'flag'], outputs: ['i'], nodes: ['a', 'if'], weights: ['w'] })
  })
})

describe('withOutputs', () => {
  it('adds inner values, once', async () => {
    const model = withOutputs(diamond(), ['a', 'y', 'a', 'w'])
    expect(names(model).outputs).toEqual(['y', 'z', 'a', 'w'])
    const results = await runModel(model, { x: vector(1, 1, 1, 1), x2: vector(0, 0) })
    expect(Array.from(results['a']?.data as Float32Array)).toEqual([2, -1, 4, -3])
    expect(withOutputs(model, ['y'])).toBe(model)
  })
})

describe('a graph', () => {
  it('knows who makes and who reads each value', () => {
    const { producers, consumers } = indexGraph(diamond().graph)
    expect(producers.get('e')?.name).toBe('d')
    expect(consumers.get('a')?.map((node) => node.name)).toEqual(['b', 'c'])
    expect(consumers.get('z')).toBeUndefined()
  })
  it('does not take initializers among its inputs for inputs', () => {
    const { graph } = diamond()
    expect(dataInputs({ ...graph, inputs: [...graph.inputs, { name: 'w' }] }).map((input) => input.name)).toEqual(['x', 'x2'])
  })
  it('gives names that nothing has', () => {
    const fresh = namer(diamond())
    expect([fresh('a'), fresh('a'), fresh('new'), fresh('new')]).toEqual(['a_2', 'a_3', 'new', 'new_2'])
  })
})
