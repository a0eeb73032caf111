/** ValueInfoProto and the TypeProto in it. */
import type { Dim, TensorType, ValueInfo, ValueType } from '../model.ts'
import { codeOf, dataTypeOf } from './data-type.ts'
import { decodeEntryInto, encodeEntries } from './entries.ts'
import { TensorShapeProto, TensorShapeProto_Dimension, TypeProto, TypeProto_Tensor, ValueInfoProto } from './fields.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'

export function decodeValueInfo(bytes: Uint8Array): ValueInfo {
  const message = new MessageReader(bytes, 'ValueInfoProto')
  const metadata = new Map<string, string>()
  let name = ''
  let type: ValueType | undefined
  let doc: string | undefined
  while (message.next()) {
    switch (message.field) {
      case ValueInfoProto.name: name = message.text(); break
      case ValueInfoProto.type: type = decodeType(message.bytes()); break
      case ValueInfoProto.doc_string: doc = message.text(); break
      case ValueInfoProto.metadata_props: decodeEntryInto(metadata, message.bytes()); break
      default: message.skip()
    }
  }
  return { name, ...(type ? { type } : {}), ...(doc ? { doc } : {}), ...(metadata.size > 0 ? { metadata } : {}) }
}

export function encodeValueInfo(value: ValueInfo): MessageWriter {
  const writer = new MessageWriter()
  writer.text(ValueInfoProto.name, value.name)
  if (value.type?.kind === 'tensor') writer.message(ValueInfoProto.type, encodeTensorType(value.type))
  else if (value.type) writer.bytes(ValueInfoProto.type, value.type.bytes)
  writer.text(ValueInfoProto.doc_string, value.doc)
  encodeEntries(writer, ValueInfoProto.metadata_props, value.metadata)
  return writer
}

function decodeType(bytes: Uint8Array): ValueType {
  const message = new MessageReader(bytes, 'TypeProto')
  let tensor: TensorType | undefined
  let denotation: string | undefined
  while (message.next()) {
    if (message.field === TypeProto.tensor_type) tensor = decodeTensorType(message.bytes())
    else if (message.field === TypeProto.denotation) denotation = message.text()
    else message.skip()
  }
  return tensor ? { ...tensor, ...(denotation ? { denotation } : {}) } : { kind: 'opaque', bytes }
}

function decodeTensorType(bytes: Uint8Array): TensorType {
  const message = new MessageReader(bytes, 'TypeProto.Tensor')
  let code = 0
  let shape: { readonly shape: readonly Dim[]; readonly axisDenotations?: readonly string[] } | undefined
  while (message.next()) {
    if (message.field === TypeProto_Tensor.elem_type) code = message.integer()
    else if (message.field === TypeProto_Tensor.shape) shape = decodeShape(message.bytes())
    else message.skip()
  }
  return { kind: 'tensor', dataType: dataTypeOf(code), ...shape }
}

function decodeShape(bytes: Uint8Array): { shape: Dim[]; axisDenotations?: string[] } {
  const message = new MessageReader(bytes, 'TensorShapeProto')
  const shape: Dim[] = []
  const axisDenotations: string[] = []
  while (message.next()) {
    if (message.field !== TensorShapeProto.dim) {
      message.skip()
      continue
    }
    const axis = decodeDimension(message.bytes())
    shape.push(axis.dim)
    axisDenotations.push(axis.denotation)
  }
  return axisDenotations.some(Boolean) ? { shape, axisDenotations } : { shape }
}

/** Some exporters write -1 or an empty name for an unknown extent; both mean what an absent value means. */
function decodeDimension(bytes: Uint8Array): { dim: Dim; denotation: string } {
  const message = new MessageReader(bytes, 'TensorShapeProto.Dimension')
  let dim: Dim = null
  let denotation = ''
  while (message.next()) {
    if (message.field === TensorShapeProto_Dimension.dim_value) {
      const value = message.integer()
      dim = value < 0 ? null : value
    } else if (message.field === TensorShapeProto_Dimension.dim_param) dim = message.text() || null
    else if (message.field === TensorShapeProto_Dimension.denotation) denotation = message.text()
    else message.skip()
  }
  return { dim, denotation }
}

function encodeTensorType(type: TensorType): MessageWriter {
  const tensor = new MessageWriter()
  tensor.integer(TypeProto_Tensor.elem_type, codeOf(type.dataType))
  if (type.shape) {
    const shape = new MessageWriter()
    for (const [axis, dim] of type.shape.entries()) {
      const dimension = new MessageWriter()
      if (typeof dim === 'number') dimension.integer(TensorShapeProto_Dimension.dim_value, dim)
      else if (dim !== null) dimension.text(TensorShapeProto_Dimension.dim_param, dim)
      dimension.text(TensorShapeProto_Dimension.denotation, type.axisDenotations?.[axis])
      shape.message(TensorShapeProto.dim, dimension)
    }
    tensor.message(TypeProto_Tensor.shape, shape)
  }
  const writer = new MessageWriter()
  writer.message(TypeProto.tensor_type, tensor)
  writer.text(TypeProto.denotation, type.denotation)
  return writer
}
