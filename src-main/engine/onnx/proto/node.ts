/** NodeProto. */
import { AppError } from '#contract/errors.ts'
import type { Attribute, Node } from '../model.ts'
import { decodeAttribute, encodeAttribute } from './attribute.ts'
import { decodeEntryInto, encodeEntries } from './entries.ts'
import { NodeProto } from './fields.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'

export function decodeNode(bytes: Uint8Array, depth: number): Node {
  const message = new MessageReader(bytes, 'NodeProto')
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, Attribute>()
  const metadata = new Map<string, string>()
  let name = ''
  let opType = ''
  let domain = ''
  let overload = ''
  let doc = ''
  while (message.next()) {
    switch (message.field) {
      case NodeProto.input: inputs.push(message.text()); break
      case NodeProto.output: outputs.push(message.text()); break
      case NodeProto.name: name = message.text(); break
      case NodeProto.op_type: opType = message.text(); break
      case NodeProto.attribute: {
        const [key, attribute] = decodeAttribute(message.bytes(), depth)
        if (attributes.has(key)) throw new AppError('model-invalid', `Node '${name}' (${opType}) has attribute '${key}' twice.`)
        attributes.set(key, attribute)
        break
      }
      case NodeProto.doc_string: doc = message.text(); break
      case NodeProto.domain: domain = message.text(); break
      case NodeProto.overload: overload = message.text(); break
      case NodeProto.metadata_props: decodeEntryInto(metadata, message.bytes()); break
      default: message.keep()
    }
  }
  return {
    name, opType, domain, inputs, outputs, attributes,
    ...(overload ? { overload } : {}),
    ...(doc ? { doc } : {}),
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(message.extra ? { extra: message.extra } : {}),
  }
}

export function encodeNode(node: Node): MessageWriter {
  const writer = new MessageWriter()
  for (const input of node.inputs) writer.entry(NodeProto.input, input)
  for (const output of node.outputs) writer.entry(NodeProto.output, output)
  writer.text(NodeProto.name, node.name)
  writer.text(NodeProto.op_type, node.opType)
  for (const [name, attribute] of node.attributes) writer.message(NodeProto.attribute, encodeAttribute(name, attribute))
  writer.text(NodeProto.doc_string, node.doc)
  writer.text(NodeProto.domain, node.domain)
  writer.text(NodeProto.overload, node.overload)
  encodeEntries(writer, NodeProto.metadata_props, node.metadata)
  writer.encoded(node.extra)
  return writer
}
