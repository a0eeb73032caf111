/**
 * TensorBoard's Event and Summary messages, as far as scalars go. Field numbers: tensorboard/compat/proto/event.proto, summary.proto, tensor.proto.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

const Event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const
const SessionLog = { status: 1, start: 1 } as const
const Summary = { value: 1 } as const
const Value = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const
const Metadata = { pluginData: 1, dataClass: 4, scalar: 1 } as const
const PluginData = { name: 1 } as const
const TensorProto = { type: 1, shape: 2, content: 4, floats: 5, doubles: 6, ints: 7, longs: 10, halves: 13 } as const
/** tensorflow/core/framework/types.proto */
const DataType = { float: 1, double: 2, int32: 3, int64: 9, bfloat16: 14, half: 19 } as const

export const fileVersion = 'brain.Event:2'
const scalarPlugin = 'scalars'

export interface ScalarValue { readonly tag: string; readonly value: number }

export interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly step: number
  readonly fileVersion?: string
  /** The run begins again at this step: what was written of it and of later ones no longer holds. */
  readonly restarts: boolean
  readonly scalars: readonly ScalarValue[]
}

// --- writing --------------------------------------------------------------------------------------------------------

export function encodeVersion(wallTime: number): Uint8Array {
  return new BinaryWriter().tag(Event.wallTime, WireType.Bit64).double(wallTime).tag(Event.fileVersion, WireType.LengthDelimited).string(fileVersion).finish()
}

export function encodeRestart(wallTime: number, step: number): Uint8Array {
  const log = new BinaryWriter().tag(SessionLog.status, WireType.Varint).int32(SessionLog.start).finish()
  return header(wallTime, step).tag(Event.sessionLog, WireType.LengthDelimited).bytes(log).finish()
}

/** A rank-0 float tensor of data class 'scalar', as tf.summary.scalar writes it; every version of TensorBoard since 1.12 reads it. `named`: with its metadata, once a tag and file. */
export function encodeScalar(wallTime: number, step: number, { tag, value }: ScalarValue, named: boolean): Uint8Array {
  const content = new Uint8Array(4)
  new DataView(content.buffer).setFloat32(0, value, true)
  const tensor = new BinaryWriter().tag(TensorProto.type, WireType.Varint).int32(DataType.float)
    .tag(TensorProto.shape, WireType.LengthDelimited).bytes(new Uint8Array()).tag(TensorProto.content, WireType.LengthDelimited).bytes(content).finish()
  const entry = new BinaryWriter().tag(Value.tag, WireType.LengthDelimited).string(tag).tag(Value.tensor, WireType.LengthDelimited).bytes(tensor)
  if (named) {
    const plugin = new BinaryWriter().tag(PluginData.name, WireType.LengthDelimited).string(scalarPlugin).finish()
    entry.tag(Value.metadata, WireType.LengthDelimited).bytes(new BinaryWriter().tag(Metadata.pluginData, WireType.LengthDelimited).bytes(plugin).tag(Metadata.dataClass, WireType.Varint).int32(Metadata.scalar).finish())
  }
  const summary = new BinaryWriter().tag(Summary.value, WireType.LengthDelimited).bytes(entry.finish()).finish()
  return header(wallTime, step).tag(Event.summary, WireType.LengthDelimited).bytes(summary).finish()
}

const header = (wallTime: number, step: number): BinaryWriter => new BinaryWriter().tag(Event.wallTime, WireType.Bit64).double(wallTime).tag(Event.step, WireType.Varint).int64(BigInt(Math.round(step)))

// --- reading --------------------------------------------------------------------------------------------------------

/** Calls `read` for every field; a field that it does not read is stepped over. */
function fields(bytes: Uint8Array, read: (field: number, wireType: WireType, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (!read(field, wireType, reader)) reader.skip(wireType, field)
  }
}

/**
 * `plugins`: which plugin a tag belongs to, remembered from value to value, since only a tag's first value of a file says.
 * @throws where the bytes are no Event
 */
export function decodeEvent(bytes: Uint8Array, plugins: Map<string, string>): Event {
  let wallTime = 0
  let step = 0
  let version: string | undefined
  let restarts = false
  const scalars: ScalarValue[] = []
  fields(bytes, (field, wireType, reader) => {
    if (field === Event.wallTime && wireType === WireType.Bit64) wallTime = reader.double()
    else if (field === Event.step && wireType === WireType.Varint) step = Number(reader.int64())
    else if (field === Event.fileVersion && wireType === WireType.LengthDelimited) version = reader.string()
    else if (field === Event.sessionLog && wireType === WireType.LengthDelimited) fields(reader.bytes(), (inner, innerType, log) => {
      if (inner !== SessionLog.status || innerType !== WireType.Varint) return false
      restarts = log.int32() === SessionLog.start
      return true
    })
    else if (field === Event.summary && wireType === WireType.LengthDelimited) fields(reader.bytes(), (inner, innerType, summary) => {
      if (inner !== Summary.value || innerType !== WireType.LengthDelimited) return false
      const scalar = decodeValue(summary.bytes(), plugins)
      if (scalar) scalars.push(scalar)
      return true
    })
    else return false
    return true
  })
  return { wallTime, step, restarts, scalars, ...(version === undefined ? {} : { fileVersion: version }) }
}

function decodeValue(bytes: Uint8Array, plugins: Map<string, string>): ScalarValue | undefined {
  let tag = ''
  let simple: number | undefined
  let tensor: Uint8Array | undefined
  let plugin: string | undefined
  fields(bytes, (field, wireType, reader) => {
    if (field === Value.simpleValue && wireType === WireType.Bit32) simple = reader.float()
    else if (wireType !== WireType.LengthDelimited) return false
    else if (field === Value.tag) tag = reader.string()
    else if (field === Value.tensor) tensor = reader.bytes()
    else if (field === Value.metadata) plugin = pluginOf(reader.bytes())
    else return false
    return true
  })
  if (plugin !== undefined) plugins.set(tag, plugin)
  // A single number that another plugin wrote (a histogram's bin, say) is no scalar.
  if ((plugins.get(tag) ?? scalarPlugin) !== scalarPlugin) return undefined
  const value = simple ?? (tensor ? decodeTensor(tensor) : undefined)
  return value === undefined ? undefined : { tag, value }
}

function pluginOf(bytes: Uint8Array): string | undefined {
  let name: string | undefined
  fields(bytes, (field, wireType, reader) => {
    if (field !== Metadata.pluginData || wireType !== WireType.LengthDelimited) return false
    fields(reader.bytes(), (inner, innerType, plugin) => {
      if (inner !== PluginData.name || innerType !== WireType.LengthDelimited) return false
      name = plugin.string()
      return true
    })
    return true
  })
  return name
}

/** The number of a tensor that holds exactly one. */
function decodeTensor(bytes: Uint8Array): number | undefined {
  let type = 0
  let content: Uint8Array | undefined
  const values: number[] = []
  fields(bytes, (field, wireType, reader) => {
    if (field === TensorProto.type && wireType === WireType.Varint) type = reader.int32()
    else if (field === TensorProto.content && wireType === WireType.LengthDelimited) content = reader.bytes()
    else if (field === TensorProto.floats) list(reader, wireType, values, (from) => from.float())
    else if (field === TensorProto.doubles) list(reader, wireType, values, (from) => from.double())
    else if (field === TensorProto.ints) list(reader, wireType, values, (from) => from.int32())
    else if (field === TensorProto.longs) list(reader, wireType, values, (from) => Number(from.int64()))
    else if (field === TensorProto.halves) list(reader, wireType, values, (from) => halfOf(from.int32(), type))
    else return false
    return true
  })
  if (values.length > 0) return values.length === 1 ? values[0] : undefined
  return content && content.length > 0 ? contentOf(content, type) : undefined
}

function list(reader: BinaryReader, wireType: WireType, into: number[], read: (reader: BinaryReader) => number): void {
  if (wireType !== WireType.LengthDelimited) {
    into.push(read(reader))
    return
  }
  const packed = new BinaryReader(reader.bytes())
  while (packed.pos < packed.len) into.push(read(packed))
}

function contentOf(content: Uint8Array, type: number): number | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  switch (`${type}:${content.length}`) {
    case `${DataType.float}:4`: return view.getFloat32(0, true)
    case `${DataType.double}:8`: return view.getFloat64(0, true)
    case `${DataType.int32}:4`: return view.getInt32(0, true)
    case `${DataType.int64}:8`: return Number(view.getBigInt64(0, true))
    case `${DataType.half}:2`: case `${DataType.bfloat16}:2`: return halfOf(view.getUint16(0, true), type)
    default: return undefined
  }
}

/** IEEE 754 binary16, or the upper half of a binary32. */
function halfOf(bits: number, type: number): number {
  if (type === DataType.bfloat16) return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}
