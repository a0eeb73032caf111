/** FunctionProto: a model-local function. */
import type { Attribute, FunctionBody, Node } from '../model.ts'
import { decodeAttribute, encodeAttribute } from './attribute.ts'
import { decodeOpsetInto, encodeOpsets } from './entries.ts'
import { FunctionProto } from './fields.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { decodeNode, encodeNode } from './node.ts'

export function decodeFunction(bytes: Uint8Array): FunctionBody {
  const message = new MessageReader(bytes, 'FunctionProto')
  const inputs: string[] = []
  const outputs: string[] = []
  const attributeNames: string[] = []
  const attributeDefaults = new Map<string, Attribute>()
  const nodes: Node[] = []
  const opsets = new Map<string, number>()
  let name = ''
  let domain = ''
  let overload = ''
  let doc = ''
  while (message.next()) {
    switch (message.field) {
      case FunctionProto.name: name = message.text(); break
      case FunctionProto.domain: domain = message.text(); break
      case FunctionProto.overload: overload = message.text(); break
      case FunctionProto.input: inputs.push(message.text()); break
      case FunctionProto.output: outputs.push(message.text()); break
      case FunctionProto.attribute: attributeNames.push(message.text()); break
      case FunctionProto.attribute_proto: attributeDefaults.set(...decodeAttribute(message.bytes(), 0)); break
      case FunctionProto.node: nodes.push(decodeNode(message.bytes(), 0)); break
      case FunctionProto.opset_import: decodeOpsetInto(opsets, message.bytes()); break
      case FunctionProto.doc_string: doc = message.text(); break
      default: message.keep()
    }
  }
  return {
    name, domain, inputs, outputs, attributeNames, attributeDefaults, nodes, opsets,
    ...(overload ? { overload } : {}),
    ...(doc ? { doc } : {}),
    ...(message.extra ? { extra: message.extra } : {}),
  }
}

export function encodeFunction(body: FunctionBody): MessageWriter {
  const writer = new MessageWriter()
  writer.text(FunctionProto.name, body.name)
  for (const input of body.inputs) writer.entry(FunctionProto.input, input)
  for (const output of body.outputs) writer.entry(FunctionProto.output, output)
  for (const attribute of body.attributeNames) writer.entry(FunctionProto.attribute, attribute)
  for (const node of body.nodes) writer.message(FunctionProto.node, encodeNode(node))
  writer.text(FunctionProto.doc_string, body.doc)
  encodeOpsets(writer, FunctionProto.opset_import, body.opsets)
  writer.text(FunctionProto.domain, body.domain)
  for (const [name, attribute] of body.attributeDefaults) writer.message(FunctionProto.attribute_proto, encodeAttribute(name, attribute))
  writer.text(FunctionProto.overload, body.overload)
  writer.encoded(body.extra)
  return writer
}
