/** TensorProto. The typed data fields are normalised to raw little-endian bytes; raw_data stays a view into the file. */
import type { DataType, ExternalLocation, Tensor } from '../model.ts'
import type { TypedArray } from '../tensor-data.ts'
import { codeOf, dataTypeOf } from './data-type.ts'
import { decodeEntryInto, encodeEntries } from './entries.ts'
import { TensorProto, TensorProto_DataLocation } from './fields.ts'
import { MessageReader, joined } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'

export interface NamedTensor {
  readonly name: string
  readonly tensor: Tensor
}

export function decodeTensor(bytes: Uint8Array): NamedTensor {
  const message = new MessageReader(bytes, 'TensorProto')
  const dims: number[] = []
  const fixed: Uint8Array[] = []
  const words: number[] = []
  const longs: bigint[] = []
  const strings: Uint8Array[] = []
  const location = new Map<string, string>()
  let code = 0
  let name = ''
  let doc: string | undefined
  let raw: Uint8Array | undefined
  let isExternal = false
  while (message.next()) {
    switch (message.field) {
      case TensorProto.dims: message.integersInto(dims); break
      case TensorProto.data_type: code = message.integer(); break
      case TensorProto.float_data: case TensorProto.double_data: message.fixedInto(fixed); break
      case TensorProto.int32_data: message.integersInto(words); break
      case TensorProto.int64_data: case TensorProto.uint64_data: message.bigIntegersInto(longs); break
      case TensorProto.string_data: strings.push(message.bytes()); break
      case TensorProto.name: name = message.text(); break
      case TensorProto.raw_data: raw = message.bytes(); break
      case TensorProto.doc_string: doc = message.text(); break
      case TensorProto.external_data: decodeEntryInto(location, message.bytes()); break
      case TensorProto.data_location: isExternal = message.integer() === TensorProto_DataLocation.EXTERNAL; break
      default: message.keep()
    }
  }
  const dataType = dataTypeOf(code)
  const data = raw ?? (words.length > 0 ? packWords(dataType, words) : longs.length > 0 ? packLongs(dataType, longs) : joined(fixed))
  return {
    name,
    tensor: {
      dataType, dims, bytes: data,
      ...(dataType === 'string' ? { strings } : {}),
      ...(isExternal ? { external: externalLocation(location) } : {}),
      ...(doc ? { doc } : {}),
      ...(message.extra ? { extra: message.extra } : {}),
    },
  }
}

export function encodeTensor(name: string, tensor: Tensor): MessageWriter {
  const writer = new MessageWriter()
  writer.integers(TensorProto.dims, tensor.dims)
  writer.integer(TensorProto.data_type, codeOf(tensor.dataType))
  for (const entry of tensor.strings ?? []) writer.bytes(TensorProto.string_data, entry)
  writer.text(TensorProto.name, name)
  writer.text(TensorProto.doc_string, tensor.doc)
  writer.encoded(tensor.extra)
  if (tensor.external) {
    const { location, offset, length, checksum } = tensor.external
    const entries = { location, offset: offset?.toString(), length: length?.toString(), checksum }
    encodeEntries(writer, TensorProto.external_data, new Map(Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined)))
    writer.integer(TensorProto.data_location, TensorProto_DataLocation.EXTERNAL)
  } else if (tensor.dataType !== 'string') writer.bytes(TensorProto.raw_data, tensor.bytes)
  return writer
}

function externalLocation(entries: ReadonlyMap<string, string>): ExternalLocation {
  const offset = entries.get('offset')
  const length = entries.get('length')
  const checksum = entries.get('checksum')
  return {
    location: entries.get('location') ?? '',
    ...(offset ? { offset: Number(offset) } : {}),
    ...(length ? { length: Number(length) } : {}),
    ...(checksum ? { checksum } : {}),
  }
}

/** int32_data: one element (or one byte of packed 4-bit and 2-bit elements) an entry, floats below 32 bits as their bit pattern. */
function packWords(dataType: DataType, words: readonly number[]): Uint8Array {
  switch (dataType) {
    case 'int32': case 'uint32': return bytesOf(Int32Array.from(words))
    case 'int16': case 'uint16': case 'float16': case 'bfloat16': return bytesOf(Uint16Array.from(words))
    default: return Uint8Array.from(words)
  }
}

/** int64_data holds int64; uint64_data holds uint64 and uint32. */
function packLongs(dataType: DataType, longs: readonly bigint[]): Uint8Array {
  return bytesOf(dataType === 'uint32' ? Uint32Array.from(longs, Number) : BigInt64Array.from(longs))
}

const bytesOf = (data: TypedArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
