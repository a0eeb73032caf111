import { describe, expect, it } from 'vitest'
import { float, int, tensor } from '#engine/onnx/attributes.ts'
import { loadModel, readModel } from '#engine/onnx/read.ts'
import { dataTypes } from '#engine/onnx/model.ts'
import type { DataType, Model } from '#engine/onnx/model.ts'
import { float16ToNumber, float32Tensor, numberToFloat16, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { toFloat32 } from '#engine/onnx/to-float32.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { pseudoRandom } from '../../support/all-values.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const code = (dataType: DataType) => int(dataTypes.indexOf(dataType))

/** Half-precision weights, constants, casts, types of values, also in the branches of an If. */
function halfModel(): Model {
  const branch = (factor: number) => graphModel({ inputs: {}, outputs: { b: undefined }, constants: { f: tensorOfNumbers('float16', [], [factor]) }, nodes: [{ op: 'Cast', inputs: ['s'], outputs: ['h'], attributes: { to: code('float16') } }, { op: 'Mul', inputs: ['h', 'f'], outputs: ['b'] }] }).graph
  const model = graphModel({
    inputs: { x: [2, 3], flag: [] }, inputTypes: { x: 'float16', flag: 'bool', y: 'float16' }, outputs: { y: [2, 3] },
    constants: { w: tensorOfNumbers('float16', [3], [0.5, -1.25, 3]) },
    nodes: [
      { op: 'Constant', inputs: [], outputs: ['c'], attributes: { value: tensor(tensorOfNumbers('float16', [], [0.25])) } },
      { op: 'Mul', inputs: ['x', 'w'], outputs: ['m'] }, { op: 'Add', inputs: ['m', 'c'], outputs: ['a'] },
      { op: 'Cast', inputs: ['a'], outputs: ['s'], attributes: { to: code('float32') } },
      { op: 'If', inputs: ['flag'], outputs: ['y'], attributes: { then_branch: { kind: 'graph', value: branch(2) }, else_branch: { kind: 'graph', value: branch(3) } } },
    ],
  })
  return { ...model, graph: { ...model.graph, valueInfos: new Map([['m', { name: 'm', type: { kind: 'tensor', dataType: 'float16', shape: [2, 3] } }]]) } }
}

describe('toFloat32', () => {
  it('computes in float32 what float16 computed, to float16', async () => {
    const values = [1, 2, 3, -0.5, 0.25, 8]
    const wide = toFloat32(readModel(writeModel(halfModel())))
    const flag = { dataType: 'bool' as const, dims: [], data: Uint8Array.of(1) }
    const half = await runModel(halfModel(), { flag, x: { dataType: 'float16', dims: [2, 3], data: Uint16Array.from(values, numberToFloat16) } })
    const { y } = await runModel(wide, { flag, x: { dataType: 'float32', dims: [2, 3], data: Float32Array.from(values) } })
    expect(y?.dataType).toBe('float32')
    expect(Array.from(y?.data as Float32Array)).toEqual(Array.from(half['y']?.data as Uint16Array, float16ToNumber))
  })
  it('leaves no half behind', () => {
    const wide = toFloat32(halfModel())
    expect(toFloat32(wide)).toBe(wide)
  })
  it('returns a float32 model as it is', () => {
    const model = graphModel({ inputs: { x: [1] }, outputs: { y: [1] }, constants: { w: float32Tensor([1], [2]) }, nodes: [{ op: 'Elu', inputs: ['x'], outputs: ['y'], attributes: { alpha: float(2) } }] })
    expect(toFloat32(model)).toBe(model)
  })
  it('widens a type that appears only in a cast or in a value', () => {
    const cast = graphModel({ inputs: { x: [1] }, outputs: { y: undefined }, nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['h'], attributes: { to: code('bfloat16') } }, { op: 'Cast', inputs: ['h'], outputs: ['y'], attributes: { to: code('float32') } }] })
    expect(toFloat32(cast).graph.nodes[0]?.attributes.get('to')).toEqual(code('float32'))
    const input = graphModel({ inputs: { x: [1] }, inputTypes: { x: 'float16' }, outputs: { y: undefined }, nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] })
    expect(toFloat32(input).graph.inputs[0]?.type).toMatchObject({ dataType: 'float32' })
  })
})

describeWithTestdata('a half-precision model made elsewhere', () => {
  it('squeezenet-winml-fp16 ranks the same class first', async () => {
    const half = await loadModel(testdata('models/squeezenet-winml-fp16.onnx'))
    const wide = toFloat32(half)
    const input = half.graph.inputs.find((candidate) => !half.graph.initializers.has(candidate.name))
    const picture = pseudoRandom(3 * 224 * 224).map((value) => value * 255 - 120)
    const dims = [1, 3, 224, 224]
    const halfInput = input?.type?.kind === 'tensor' && input.type.dataType === 'float16'
    const output = half.graph.outputs[0]?.name ?? ''
    const before = (await runModel(half, { [input?.name ?? '']: halfInput ? { dataType: 'float16', dims, data: Uint16Array.from(picture, numberToFloat16) } : { dataType: 'float32', dims, data: picture } }))[output]
    const after = (await runModel(wide, { [input?.name ?? '']: { dataType: 'float32', dims, data: picture } }))[output]
    const read = Array.from(before?.data as Uint16Array, before?.dataType === 'float16' ? float16ToNumber : Number)
    const wideValues = Array.from(after?.data as Float32Array)
    expect(after?.dataType).toBe('float32')
    expect(wideValues.indexOf(Math.max(...wideValues))).toBe(read.indexOf(Math.max(...read)))
    // Sixty half-precision layers, one after the other.
    wideValues.forEach((value, index) => expect(Math.abs(value - (read[index] ?? NaN))).toBeLessThan(0.02))
  })
})
