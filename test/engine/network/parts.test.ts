import { describe, expect, it } from 'vitest'
import { eachPicture, rowsOf, stacked, summed } from '#engine/network/batching.ts'
import { networkInputs } from '#engine/network/input-sizes.ts'
import { logitsOf } from '#engine/network/logits.ts'
import { traceConstant, transposed } from '#engine/network/trace-constant.ts'
import { indexGraph } from '#engine/onnx/graph.ts'
import { int, ints } from '#engine/onnx/attributes.ts'
import type { Dim } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../support/graph-model.ts'

describe('the size a network is computed at', () => {
  const dimsOf = (shape: readonly Dim[], chosen?: readonly number[]) => networkInputs(graphModel({ inputs: { x: shape }, nodes: [], outputs: {} }), chosen ? { x: chosen } : {})[0]?.dims
  it('is what the file declares, and usual where it leaves axes open', () => {
    expect(dimsOf([1, 3, 128, 96])).toEqual([1, 3, 128, 96])
    expect(dimsOf(['n', 3, 'h', 'w'])).toEqual([1, 3, 224, 224])
    expect(dimsOf([null, 'h', 'w', 3])).toEqual([1, 224, 224, 3])
    expect(dimsOf([-1, null, 32, 32])).toEqual([1, 3, 32, 32])
    expect(dimsOf(['n', 784])).toEqual([1, 784])
  })
  it('is what was chosen, of the same rank', () => {
    expect(dimsOf([1, 3, 224, 224], [1, 3, 512, 512])).toEqual([1, 3, 512, 512])
    expect(() => dimsOf([1, 3, 224, 224], [3, 512, 512])).toThrow(expect.objectContaining({ code: 'shape-mismatch' }))
  })
  it('leaves out initialisers that old files list as inputs', () => {
    const model = graphModel({ inputs: { x: [1, 2], w: [2] }, nodes: [], outputs: {}, constants: { w: float32Tensor([2], [1, 2]) } })
    expect(networkInputs(model).map(({ name }) => name)).toEqual(['x'])
  })
})

describe('the logits behind a class output', () => {
  const through = (...ops: string[]) => {
    const nodes = ops.map((op, index) => ({ op, inputs: [`v${index}`], outputs: [`v${index + 1}`] }))
    return logitsOf(graphModel({ inputs: { v0: [1, 10] }, nodes, outputs: { [`v${ops.length}`]: [1, 10] } }).graph, `v${ops.length}`)
  }
  it('are the input of its Softmax, LogSoftmax or Sigmoid', () => {
    expect(through('Gemm', 'Softmax')).toBe('v1')
    expect(through('Gemm', 'LogSoftmax')).toBe('v1')
    expect(through('Gemm', 'Sigmoid')).toBe('v1')
    expect(through('Gemm', 'Softmax', 'Reshape', 'Identity')).toBe('v1')
  })
  it('are the output itself where there is none, also behind a ReLU', () => {
    expect(through('Gemm')).toBe('v1')
    expect(through('Conv', 'Relu', 'GlobalAveragePool', 'Flatten')).toBe('v4')
    expect(through('Softmax', 'Gemm')).toBe('v2')
    expect(logitsOf(graphModel({ inputs: { x: [1] }, nodes: [], outputs: {} }).graph, 'x')).toBe('x')
  })
})

describe('pictures in a batch', () => {
  const pair = floatTensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
  it('come apart and together again', () => {
    const parts = eachPicture({ x: pair }, 2).map(({ x }) => x!)
    expect(parts.map(({ dims, data }) => [dims, [...data]])).toEqual([[[1, 3], [1, 2, 3]], [[1, 3], [4, 5, 6]]])
    expect(stacked(parts)).toEqual(pair)
    expect([...summed(parts).data]).toEqual([5, 7, 9])
    expect(rowsOf(floatTensor([4, 1], Float32Array.of(1, 2, 3, 4)), 1, 2)).toEqual(floatTensor([2, 1], Float32Array.of(3, 4)))
  })
  it('need the same number everywhere', () => {
    expect(() => eachPicture({ x: pair, y: floatTensor([3], new Float32Array(3)) }, 2)).toThrow(expect.objectContaining({ code: 'shape-mismatch' }))
  })
})

describe('tracing a constant', () => {
  const w = float32Tensor([2, 3], [1, 2, 3, 4, 5, 6])
  const trace = (nodes: Parameters<typeof graphModel>[0]['nodes'], constants = {}, name = 'y') => {
    const { graph } = graphModel({ inputs: { x: [1] }, nodes, outputs: { y: undefined }, constants: { w, ...constants } })
    return traceConstant(graph, indexGraph(graph), name)
  }
  it('reads initialisers, also through Identity, Cast, Transpose and Reshape', () => {
    expect(trace([], {}, 'w')).toEqual(floatTensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)))
    expect(trace([{ op: 'Identity', inputs: ['w'], outputs: ['y'] }])?.dims).toEqual([2, 3])
    expect(trace([{ op: 'Transpose', inputs: ['w'], outputs: ['y'] }])).toEqual(floatTensor([3, 2], Float32Array.of(1, 4, 2, 5, 3, 6)))
    expect(trace([{ op: 'Reshape', inputs: ['w', 's'], outputs: ['y'] }], { s: int64Tensor([3], [0, -1, 1]) })?.dims).toEqual([2, 3, 1])
  })
  it('dequantizes with one scale, or one per slice of the axis', () => {
    const q = tensorOfNumbers('int8', [2, 3], [-1, 0, 1, 2, 3, 4])
    const node = (axis?: number) => [{ op: 'DequantizeLinear', inputs: ['q', 'scale', 'zero'], outputs: ['y'], ...(axis === undefined ? {} : { attributes: { axis: int(axis) } }) }]
    expect([...trace(node(), { q, scale: float32Tensor([], [0.5]), zero: tensorOfNumbers('int8', [], [1]) })!.data]).toEqual([-1, -0.5, 0, 0.5, 1, 1.5])
    expect([...trace(node(0), { q, scale: float32Tensor([2], [1, 10]), zero: tensorOfNumbers('int8', [2], [0, 1]) })!.data]).toEqual([-1, 0, 1, 10, 20, 30])
    expect([...trace(node(-1), { q, scale: float32Tensor([3], [1, 10, 100]), zero: tensorOfNumbers('int8', [3], [0, 0, 0]) })!.data]).toEqual([-1, 0, 100, 2, 30, 400])
  })
  it('stops at what is computed', () => {
    expect(trace([{ op: 'Relu', inputs: ['w'], outputs: ['y'] }])).toBeUndefined()
    expect(trace([], {}, 'x')).toBeUndefined()
  })
  it('transposes any rank as numpy does', () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => index)
    const { dims, data } = transposed(floatTensor([2, 3, 4], values), [2, 0, 1])
    expect(dims).toEqual([4, 2, 3])
    for (let a = 0; a < 4; a++) for (let b = 0; b < 2; b++) for (let c = 0; c < 3; c++) expect(data[a * 6 + b * 3 + c]).toBe(values[b * 12 + c * 4 + a])
  })
  it('reads the Constant node of old exporters', () => {
    expect(trace([{ op: 'Constant', inputs: [], outputs: ['y'], attributes: { value: { kind: 'tensor', value: w } } }])?.dims).toEqual([2, 3])
    expect(trace([{ op: 'Transpose', inputs: ['w'], outputs: ['y'], attributes: { perm: ints([0, 1]) } }])?.dims).toEqual([2, 3])
  })
})
