/** AttributeProto. Its doc_string, which no exporter writes, is not kept. */
import type { Attribute, Graph, Tensor } from '../model.ts'
import { AttributeProto, AttributeProto_AttributeType as Type } from './fields.ts'
import { decodeGraph, encodeGraph } from './graph.ts'
import { MessageReader, textOf } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { decodeTensor, encodeTensor } from './tensor.ts'

const utf8 = new TextEncoder()

/** `depth` counts the graphs around this attribute. */
export function decodeAttribute(bytes: Uint8Array, depth: number): readonly [name: string, attribute: Attribute] {
  const message = new MessageReader(bytes, 'AttributeProto')
  const ints: number[] = []
  const floats: number[] = []
  const strings: Uint8Array[] = []
  const tensors: Tensor[] = []
  const graphs: Graph[] = []
  let name = ''
  let reference = ''
  let type = 0
  let float = 0
  let int = 0
  let text: Uint8Array = new Uint8Array()
  let tensor: Tensor | undefined
  let graph: Graph | undefined
  /** Before IR version 2 there was no type field: the field in use tells. */
  let implied = 0
  while (message.next()) {
    switch (message.field) {
      case AttributeProto.name: name = message.text(); break
      case AttributeProto.ref_attr_name: reference = message.text(); break
      case AttributeProto.type: type = message.integer(); break
      case AttributeProto.f: float = message.float(); implied ||= Type.FLOAT; break
      case AttributeProto.i: int = message.integer(); implied ||= Type.INT; break
      case AttributeProto.s: text = message.bytes(); implied ||= Type.STRING; break
      case AttributeProto.t: tensor = decodeTensor(message.bytes()).tensor; implied ||= Type.TENSOR; break
      case AttributeProto.g: graph = decodeGraph(message.bytes(), depth + 1); implied ||= Type.GRAPH; break
      case AttributeProto.floats: message.floatsInto(floats); implied ||= Type.FLOATS; break
      case AttributeProto.ints: message.integersInto(ints); implied ||= Type.INTS; break
      case AttributeProto.strings: strings.push(message.bytes()); implied ||= Type.STRINGS; break
      case AttributeProto.tensors: tensors.push(decodeTensor(message.bytes()).tensor); implied ||= Type.TENSORS; break
      case AttributeProto.graphs: graphs.push(decodeGraph(message.bytes(), depth + 1)); implied ||= Type.GRAPHS; break
      default: message.skip()
    }
  }
  if (reference) return [name, { kind: 'reference', value: reference, type }]
  const opaque: Attribute = { kind: 'opaque', bytes }
  switch (type || implied) {
    case Type.FLOAT: return [name, { kind: 'float', value: float }]
    case Type.INT: return [name, { kind: 'int', value: int }]
    case Type.STRING: {
      const value = textOf(text)
      return [name, value === undefined ? opaque : { kind: 'string', value }]
    }
    case Type.TENSOR: return [name, tensor ? { kind: 'tensor', value: tensor } : opaque]
    case Type.GRAPH: return [name, graph ? { kind: 'graph', value: graph } : opaque]
    case Type.FLOATS: return [name, { kind: 'floats', value: floats }]
    case Type.INTS: return [name, { kind: 'ints', value: ints }]
    case Type.STRINGS: {
      const values = strings.map(textOf)
      return [name, values.every((value) => value !== undefined) ? { kind: 'strings', value: values } : opaque]
    }
    case Type.TENSORS: return [name, { kind: 'tensors', value: tensors }]
    case Type.GRAPHS: return [name, { kind: 'graphs', value: graphs }]
    default: return [name, opaque]
  }
}

export function encodeAttribute(name: string, attribute: Attribute): MessageWriter {
  const writer = new MessageWriter()
  if (attribute.kind === 'opaque') {
    writer.encoded(attribute.bytes)
    return writer
  }
  writer.text(AttributeProto.name, name)
  writer.integer(AttributeProto.type, attribute.kind === 'reference' ? attribute.type : typeOf[attribute.kind])
  switch (attribute.kind) {
    case 'float': writer.float(AttributeProto.f, attribute.value); break
    case 'int': writer.integer(AttributeProto.i, attribute.value); break
    case 'string': writer.entry(AttributeProto.s, attribute.value); break
    case 'tensor': writer.message(AttributeProto.t, encodeTensor('', attribute.value)); break
    case 'graph': writer.message(AttributeProto.g, encodeGraph(attribute.value)); break
    case 'floats': for (const value of attribute.value) writer.float(AttributeProto.floats, value); break
    case 'ints': writer.integers(AttributeProto.ints, attribute.value); break
    case 'strings': for (const value of attribute.value) writer.bytes(AttributeProto.strings, utf8.encode(value)); break
    case 'tensors': for (const value of attribute.value) writer.message(AttributeProto.tensors, encodeTensor('', value)); break
    case 'graphs': for (const value of attribute.value) writer.message(AttributeProto.graphs, encodeGraph(value)); break
    case 'reference': writer.text(AttributeProto.ref_attr_name, attribute.value); break
  }
  return writer
}

const typeOf = {
  float: Type.FLOAT, int: Type.INT, string: Type.STRING, tensor: Type.TENSOR, graph: Type.GRAPH,
  floats: Type.FLOATS, ints: Type.INTS, strings: Type.STRINGS, tensors: Type.TENSORS, graphs: Type.GRAPHS,
} as const satisfies Record<Exclude<Attribute['kind'], 'opaque' | 'reference'>, number>
