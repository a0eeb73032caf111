/** Models of one node, and what onnxruntime makes of them. */
import * as ort from 'onnxruntime-node'
import { attributesOf } from '#engine/onnx/attributes.ts'
import type { Attribute, DataType, Model, Tensor } from '#engine/onnx/model.ts'
import { writeModel } from '#engine/onnx/write.ts'

export type NodeInput =
  /** Fed when the model runs. */
  | { readonly dims: readonly number[]; readonly dataType?: DataType; readonly values?: readonly number[] }
  /** An initialiser. */
  | { readonly constant: Tensor }
  | null

export interface NodeCase {
  readonly op: string
  readonly domain?: string
  readonly opset?: number
  readonly inputs: readonly NodeInput[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly outputs?: number
}

const inputName = (index: number): string => `x${index}`

export function nodeModel({ op, domain = '', opset = 17, inputs, attributes = {}, outputs = 1 }: NodeCase): Model {
  const outputNames = Array.from({ length: outputs }, (_, index) => `y${index}`)
  const fed = inputs.flatMap((input, index) => (input && 'dims' in input ? [{ name: inputName(index), type: { kind: 'tensor' as const, dataType: input.dataType ?? 'float32', shape: input.dims } }] : []))
  const names = inputs.map((input, index) => (input ? inputName(index) : ''))
  return {
    irVersion: 8, opsets: new Map([['', opset], ...(domain === '' ? [] : [[domain, 1] as const])]), producerName: 'test', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [],
    graph: {
      name: 'one node',
      nodes: [{ name: 'node', opType: op, domain, inputs: names, outputs: outputNames, attributes: attributesOf(attributes) }],
      inputs: fed,
      outputs: outputNames.map((name) => ({ name })),
      initializers: new Map(inputs.flatMap((input, index) => (input && 'constant' in input ? [[inputName(index), input.constant] as const] : []))),
      valueInfos: new Map(),
    },
  }
}

const makers: Partial<Record<DataType, (values: readonly number[]) => ort.Tensor['data']>> = {
  float32: (values) => Float32Array.from(values), float64: (values) => Float64Array.from(values), int64: (values) => BigInt64Array.from(values, (value) => BigInt(value)),
  int32: (values) => Int32Array.from(values), uint8: (values) => Uint8Array.from(values), int8: (values) => Int8Array.from(values), bool: (values) => Uint8Array.from(values),
}

/** onnxruntime's results by output name. Inputs without values are filled with 0.5 (1 where they are integers). */
export async function runNode(nodeCase: NodeCase): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(writeModel(nodeModel(nodeCase)), { graphOptimizationLevel: 'disabled', logSeverityLevel: 4, intraOpNumThreads: 1 })
  try {
    const feeds: Record<string, ort.Tensor> = {}
    for (const [index, input] of nodeCase.inputs.entries()) {
      if (!input || !('dims' in input)) continue
      const dataType = input.dataType ?? 'float32'
      const make = makers[dataType]
      if (!make) throw new Error(`no test data of type ${dataType}`)
      const count = input.dims.reduce((product, dim) => product * dim, 1)
      feeds[inputName(index)] = new ort.Tensor(dataType as ort.Tensor.Type, make(input.values ?? Array<number>(count).fill(dataType.startsWith('float') ? 0.5 : 1)), input.dims)
    }
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
