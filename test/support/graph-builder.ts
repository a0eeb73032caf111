/** Small models written down by hand. */
import { attributesOf } from '#engine/onnx/attributes.ts'
import type { Attribute, DataType, Graph, Model, Node, Shape, Tensor } from '#engine/onnx/model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'

export type BuiltValue = readonly [name: string, shape?: Shape, dataType?: DataType]

const info = ([name, shape, dataType = 'float32']: BuiltValue): Graph['inputs'][number] => ({ name, type: { kind: 'tensor', dataType, shape } })

/** `inputs` and `outputs` are names with spaces between them; '-' is an omitted input. */
export const node = (opType: string, inputs: string, outputs: string, attributes: Readonly<Record<string, Attribute>> = {}, name = ''): Node => ({
  name, opType, domain: '', inputs: inputs === '' ? [] : inputs.split(' ').map((input) => (input === '-' ? '' : input)), outputs: outputs.split(' '), attributes: attributesOf(attributes),
})

export const graph = (nodes: readonly Node[], inputs: readonly BuiltValue[], outputs: string, initializers: Readonly<Record<string, Tensor>> = {}, stated: readonly BuiltValue[] = []): Graph => ({
  name: '', nodes, inputs: inputs.map(info), outputs: outputs.split(' ').map((name) => ({ name })), initializers: new Map(Object.entries(initializers)), valueInfos: new Map(stated.map((value) => [value[0], info(value)])),
})

export const modelOf = (main: Graph, opset = 17): Model => ({
  irVersion: 8, opsets: new Map([['', opset]]), producerName: '', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [], graph: main,
})

/** A constant of ones. */
export const ones = (...dims: number[]): Tensor => float32Tensor(dims, new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(1))
