/** A unit of computation as people know it: one operator, or a composition of several that has a name of its own. */
import type { Node } from '../onnx/model.ts'
import type { ValueGraph } from './value-graph.ts'

export interface Unit {
  /** The ONNX operator, or the name of the composition: 'Gelu', 'LayerNormalization', 'ChannelShuffle', 'Attention'. */
  readonly op: string
  /** In topological order. */
  readonly nodes: readonly Node[]
  /** Data values read from outside, in the order in which they are first read. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** Finds a composition around an anchor operator. `taken`: nodes that belong to a composition already. */
export interface Pattern {
  /** Operators of nodes at which to look. */
  readonly anchors: readonly string[]
  readonly match: (anchor: Node, values: ValueGraph, taken: ReadonlySet<Node>) => Unit | undefined
}

export const definePattern = (pattern: Pattern): Pattern => pattern

export function unitOf(op: string, nodes: Iterable<Node>, values: ValueGraph): Unit {
  const members = new Set(nodes)
  const ordered = [...members].sort((a, b) => values.indexOf(a) - values.indexOf(b))
  const made = new Set(ordered.flatMap((node) => node.outputs))
  return {
    op,
    nodes: ordered,
    inputs: [...new Set(ordered.flatMap((node) => values.dataInputsOf(node)))].filter((name) => !made.has(name)),
    outputs: [...made].filter((name) => name !== '' && (values.outputs.has(name) || values.readersOf(name).some((reader) => !members.has(reader)))),
  }
}

/** Whether nothing outside a set of nodes reads what one of them yields. */
export const isInner = (node: Node, members: ReadonlySet<Node>, values: ValueGraph): boolean =>
  node.outputs.every((name) => !values.outputs.has(name) && values.readersOf(name).every((reader) => members.has(reader)))

/** Whether a node reads a constant of one element besides its data. */
export function readsScalar(node: Node, values: ValueGraph): boolean {
  const constants = node.inputs.filter((name) => name !== '' && values.isConstant(name))
  return constants.length > 0 && constants.every((name) => values.shapeOf(name)?.every((dim) => dim === 1))
}
