/** Small models written down in tests. */
import { attributesOf } from '#engine/onnx/attributes.ts'
import type { Attribute, DataType, Model, Shape, Tensor } from '#engine/onnx/model.ts'

interface NodeText {
  readonly op: string
  readonly inputs: readonly string[]
  /** Outputs; the first names the node. */
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
}

export interface GraphText {
  readonly inputs: Readonly<Record<string, Shape>>
  readonly inputTypes?: Readonly<Record<string, DataType>>
  readonly nodes: readonly NodeText[]
  readonly outputs: Readonly<Record<string, Shape | undefined>>
  readonly constants?: Readonly<Record<string, Tensor>>
  readonly opset?: number
}

export function graphModel({ inputs, inputTypes = {}, nodes, outputs, constants = {}, opset = 18 }: GraphText): Model {
  const info = (name: string, shape: Shape | undefined) => ({ name, ...(shape ? { type: { kind: 'tensor' as const, dataType: inputTypes[name] ?? ('float32' as const), shape } } : {}) })
  return {
    irVersion: 8, opsets: new Map([['', opset]]), producerName: 'test', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [],
    graph: {
      name: 'test', valueInfos: new Map(),
      inputs: Object.entries(inputs).map(([name, shape]) => info(name, shape)),
      outputs: Object.entries(outputs).map(([name, shape]) => info(name, shape)),
      nodes: nodes.map(({ op, inputs: from, outputs: to, attributes = {} }) => ({ name: to[0] ?? op, opType: op, domain: '', inputs: from, outputs: to, attributes: attributesOf(attributes) })),
      initializers: new Map(Object.entries(constants)),
    },
  }
}
