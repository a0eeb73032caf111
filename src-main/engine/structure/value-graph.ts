/** Who makes and who reads each value, and which values carry the picture's data. */
import { valuesReadBy } from '../onnx/captures.ts'
import { isStandard } from '../onnx/model.ts'
import type { DataType, Model, Node, Shape } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'

/**
 * - constant: known before the model runs (weights and what is computed from them)
 * - extent: computed from shapes only (the plumbing that exporters write)
 * - data: everything else; nodes that yield data are what people call the network
 */
type Role = 'constant' | 'extent' | 'data'

export interface ValueGraph {
  readonly model: Model
  readonly facts: ReadonlyMap<string, Fact>
  /** Inputs that are fed (not initialisers). */
  readonly inputs: readonly string[]
  readonly outputs: ReadonlySet<string>
  readonly producerOf: (name: string) => Node | undefined
  /** Nodes that yield data, in topological order. */
  readonly dataNodes: readonly Node[]
  /** Data nodes that read the value, each once. */
  readonly readersOf: (name: string) => readonly Node[]
  readonly isData: (name: string) => boolean
  readonly isConstant: (name: string) => boolean
  /** Data values that a node reads, those that its bodies capture included, each once. */
  readonly dataInputsOf: (node: Node) => readonly string[]
  readonly shapeOf: (name: string) => Shape | undefined
  readonly typeOf: (name: string) => DataType | undefined
  /** Position of a node in topological order. */
  readonly indexOf: (node: Node) => number
}

const randomOperators: ReadonlySet<string> = new Set(['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli', 'Multinomial'])
const extentOperators: ReadonlySet<string> = new Set(['Shape', 'Size'])

function roleOf(node: Node, roles: ReadonlyMap<string, Role>, facts: ReadonlyMap<string, Fact>, inputs: readonly string[]): Role {
  if (isStandard(node) && randomOperators.has(node.opType)) return 'data'
  if (node.outputs.every((name) => name === '' || facts.get(name)?.constant)) return 'constant'
  if (isStandard(node) && extentOperators.has(node.opType)) return 'extent'
  const read = inputs.map((name) => roles.get(name) ?? 'data')
  return read.includes('data') ? 'data' : read.includes('extent') ? 'extent' : 'constant'
}

export function valueGraphOf(model: Model, facts: ReadonlyMap<string, Fact>): ValueGraph {
  const { graph } = model
  const inputs = graph.inputs.map(({ name }) => name).filter((name) => !graph.initializers.has(name))
  const roles = new Map<string, Role>([...[...graph.initializers.keys()].map((name) => [name, 'constant'] as const), ...inputs.map((name) => [name, 'data'] as const)])
  const producers = new Map<string, Node>()
  const readers = new Map<string, Node[]>()
  const dataInputs = new Map<Node, readonly string[]>()
  const positions = new Map<Node, number>()
  const dataNodes: Node[] = []
  for (const [position, node] of graph.nodes.entries()) {
    const read = valuesReadBy(node)
    const role = roleOf(node, roles, facts, read)
    positions.set(node, position)
    for (const name of node.outputs) {
      roles.set(name, role)
      producers.set(name, node)
    }
    if (role !== 'data') continue
    const data = read.filter((name) => roles.get(name) === 'data')
    dataNodes.push(node)
    dataInputs.set(node, data)
    for (const name of data) {
      const known = readers.get(name)
      if (known) known.push(node)
      else readers.set(name, [node])
    }
  }
  return {
    model, facts, inputs, dataNodes,
    outputs: new Set(graph.outputs.map(({ name }) => name)),
    producerOf: (name) => producers.get(name),
    readersOf: (name) => readers.get(name) ?? [],
    isData: (name) => roles.get(name) === 'data',
    isConstant: (name) => roles.get(name) === 'constant',
    dataInputsOf: (node) => dataInputs.get(node) ?? [],
    shapeOf: (name) => facts.get(name)?.shape,
    typeOf: (name) => facts.get(name)?.dataType,
    indexOf: (node) => positions.get(node) ?? -1,
  }
}

/** The only data node that reads a value which is not an output of the model; undefined where there are several or none. */
export function onlyReaderOf(values: ValueGraph, name: string): Node | undefined {
  const readers = values.readersOf(name)
  return readers.length === 1 && !values.outputs.has(name) ? readers[0] : undefined
}

/** The elements that a shape holds, without its symbolic and unknown extents. */
export const knownCount = (shape: Shape | undefined): number => (shape ?? []).reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)

/** A node by the name that error messages and layers use: exporters may leave names empty, outputs never are. */
export const nodeName = (node: Node): string => node.name || (node.outputs.find(Boolean) ?? '')

/** Pictures in one pass, as the first input tells. */
export function batchOf(values: ValueGraph): number {
  const first = values.shapeOf(values.inputs[0] ?? '')?.[0]
  return typeof first === 'number' && first > 0 ? first : 1
}
