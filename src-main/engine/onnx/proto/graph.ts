/** GraphProto. */
import { AppError } from '#contract/errors.ts'
import type { Graph, Node, Tensor, ValueInfo } from '../model.ts'
import { decodeEntryInto, encodeEntries } from './entries.ts'
import { GraphProto, SparseTensorProto } from './fields.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { decodeNode, encodeNode } from './node.ts'
import { decodeTensor, encodeTensor } from './tensor.ts'
import { decodeValueInfo, encodeValueInfo } from './value-info.ts'

/** Bodies of If, Loop and Scan nest; real models stay below ten. A bound keeps a hostile file from exhausting the stack. */
const maximumDepth = 64

export function decodeGraph(bytes: Uint8Array, depth = 0): Graph {
  if (depth > maximumDepth) throw new AppError('model-unreadable', `Graphs are nested more than ${maximumDepth} deep: the file is damaged.`)
  const message = new MessageReader(bytes, 'GraphProto')
  const nodes: Node[] = []
  const inputs: ValueInfo[] = []
  const outputs: ValueInfo[] = []
  const initializers = new Map<string, Tensor>()
  const valueInfos = new Map<string, ValueInfo>()
  const metadata = new Map<string, string>()
  let name = ''
  let doc = ''
  while (message.next()) {
    switch (message.field) {
      case GraphProto.node: nodes.push(decodeNode(message.bytes(), depth)); break
      case GraphProto.name: name = message.text(); break
      case GraphProto.initializer: {
        const entry = decodeTensor(message.bytes())
        if (!entry.name) throw new AppError('model-invalid', `Initializer ${initializers.size + 1} of graph '${name}' has no name.`)
        if (initializers.has(entry.name)) throw new AppError('model-invalid', `Two initializers are named '${entry.name}'; names must be unique.`)
        initializers.set(entry.name, entry.tensor)
        break
      }
      case GraphProto.doc_string: doc = message.text(); break
      case GraphProto.input: inputs.push(decodeValueInfo(message.bytes())); break
      case GraphProto.output: outputs.push(decodeValueInfo(message.bytes())); break
      case GraphProto.value_info: {
        const value = decodeValueInfo(message.bytes())
        valueInfos.set(value.name, value)
        break
      }
      case GraphProto.metadata_props: decodeEntryInto(metadata, message.bytes()); break
      default: message.keep()
    }
  }
  return {
    name, nodes, inputs, outputs, initializers, valueInfos,
    ...(doc ? { doc } : {}),
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(message.extra ? { extra: message.extra } : {}),
  }
}

export function encodeGraph(graph: Graph): MessageWriter {
  const writer = new MessageWriter()
  for (const node of graph.nodes) writer.message(GraphProto.node, encodeNode(node))
  writer.text(GraphProto.name, graph.name)
  for (const [name, tensor] of graph.initializers) writer.message(GraphProto.initializer, encodeTensor(name, tensor))
  writer.text(GraphProto.doc_string, graph.doc)
  for (const value of graph.inputs) writer.message(GraphProto.input, encodeValueInfo(value))
  for (const value of graph.outputs) writer.message(GraphProto.output, encodeValueInfo(value))
  for (const value of graph.valueInfos.values()) writer.message(GraphProto.value_info, encodeValueInfo(value))
  encodeEntries(writer, GraphProto.metadata_props, graph.metadata)
  writer.encoded(graph.extra)
  return writer
}

/** Names of the sparse initializers, which the graph carries encoded in `extra`. */
export function sparseInitializerNames(graph: Graph): string[] {
  if (!graph.extra) return []
  const names: string[] = []
  const message = new MessageReader(graph.extra, 'GraphProto')
  while (message.next()) {
    if (message.field !== GraphProto.sparse_initializer) {
      message.skip()
      continue
    }
    const sparse = new MessageReader(message.bytes(), 'SparseTensorProto')
    while (sparse.next()) {
      if (sparse.field === SparseTensorProto.values) names.push(decodeTensor(sparse.bytes()).name)
      else sparse.skip()
    }
  }
  return names
}
