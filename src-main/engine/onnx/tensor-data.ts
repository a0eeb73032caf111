/** Typed views of a tensor's bytes and constructors of tensors from numbers. Little-endian hosts only, as ONNX raw data is. */
import { AppError } from '#contract/errors.ts'
import type { DataType, Tensor } from './model.ts'

export type TypedArray =
  | Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array
  | Int32Array | Uint32Array | BigInt64Array | BigUint64Array

type TypedArrayConstructor = { new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray; readonly BYTES_PER_ELEMENT: number }

/** float16 and bfloat16 are viewed as their 16-bit patterns, bool as bytes; 4-bit and 8-bit floats as packed bytes. */
const views: Partial<Record<DataType, TypedArrayConstructor>> = {
  float32: Float32Array, float64: Float64Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array, int16: Int16Array,
  uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array,
  float16: Uint16Array, bfloat16: Uint16Array, float8e4m3fn: Uint8Array, float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array, float8e5m2fnuz: Uint8Array, float8e8m0: Uint8Array,
}

/** Bytes an element takes; 0.5 and 0.25 for the packed 4-bit and 2-bit types, 0 for strings. */
export function elementSize(dataType: DataType): number {
  if (dataType === 'string' || dataType === 'undefined') return 0
  if (dataType === 'uint4' || dataType === 'int4' || dataType === 'float4e2m1') return 0.5
  if (dataType === 'uint2' || dataType === 'int2') return 0.25
  if (dataType === 'complex64') return 8
  if (dataType === 'complex128') return 16
  return views[dataType]?.BYTES_PER_ELEMENT ?? 0
}

export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** The tensor's elements as a typed array: a view where alignment allows, otherwise a copy. */
export function typedArrayOf(tensor: Tensor): TypedArray {
  const view = views[tensor.dataType]
  if (!view) throw new AppError('model-unsupported', `A tensor of element type ${tensor.dataType} cannot be read as numbers.`)
  const count = elementCount(tensor.dims)
  const { bytes } = tensor
  if (bytes.byteLength !== count * view.BYTES_PER_ELEMENT)
    throw new AppError('model-invalid', `A ${tensor.dataType} tensor of shape [${tensor.dims.join(', ')}] holds ${bytes.byteLength} bytes where ${count * view.BYTES_PER_ELEMENT} were expected.`)
  if (bytes.byteOffset % view.BYTES_PER_ELEMENT === 0) return new view(bytes.buffer, bytes.byteOffset, count)
  return new view(bytes.slice().buffer, 0, count)
}

/** The tensor's elements as float32, converted where it holds something else. Precision beyond float32 is lost. */
export function float32Of(tensor: Tensor): Float32Array {
  const data = typedArrayOf(tensor)
  if (tensor.dataType === 'float16') return Float32Array.from(data as Uint16Array, float16ToNumber)
  if (tensor.dataType === 'bfloat16') return Float32Array.from(data as Uint16Array, bfloat16ToNumber)
  if (data instanceof Float32Array) return data
  return Float32Array.from(data as ArrayLike<number | bigint>, Number)
}

/** The elements as plain numbers; 64-bit integers beyond 2^53 are rounded. For shapes, axes and other small tensors. */
export function numbersOf(tensor: Tensor): number[] {
  const data = typedArrayOf(tensor)
  if (tensor.dataType === 'float16') return Array.from(data as Uint16Array, float16ToNumber)
  if (tensor.dataType === 'bfloat16') return Array.from(data as Uint16Array, bfloat16ToNumber)
  return Array.from(data as ArrayLike<number | bigint>, Number)
}

export function float32Tensor(dims: readonly number[], values: Float32Array | readonly number[]): Tensor {
  return tensorOf('float32', dims, values instanceof Float32Array ? values : Float32Array.from(values))
}

const int64Limits = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

/** Integers as int64; values at or beyond +-2^63 saturate, as the sentinels of Slice need. */
export function int64Tensor(dims: readonly number[], values: readonly number[]): Tensor {
  return tensorOf('int64', dims, BigInt64Array.from(values, int64Of))
}

/** A number as int64, saturated. Non-integers are truncated. */
export function int64Of(value: number): bigint {
  const integer = BigInt(Math.trunc(value))
  return integer > int64Limits.max ? int64Limits.max : integer < int64Limits.min ? int64Limits.min : integer
}

export function tensorOf(dataType: DataType, dims: readonly number[], data: TypedArray): Tensor {
  return { dataType, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/** `values` as a tensor of any numeric element type. */
export function tensorOfNumbers(dataType: DataType, dims: readonly number[], values: readonly number[]): Tensor {
  switch (dataType) {
    case 'float32': return tensorOf(dataType, dims, Float32Array.from(values))
    case 'float64': return tensorOf(dataType, dims, Float64Array.from(values))
    case 'float16': return tensorOf(dataType, dims, Uint16Array.from(values, numberToFloat16))
    case 'int64': return int64Tensor(dims, values)
    case 'uint64': return tensorOf(dataType, dims, BigUint64Array.from(values, BigInt))
    case 'int32': return tensorOf(dataType, dims, Int32Array.from(values))
    case 'uint32': return tensorOf(dataType, dims, Uint32Array.from(values))
    case 'int16': return tensorOf(dataType, dims, Int16Array.from(values))
    case 'uint16': return tensorOf(dataType, dims, Uint16Array.from(values))
    case 'int8': return tensorOf(dataType, dims, Int8Array.from(values))
    case 'uint8': case 'bool': return tensorOf(dataType, dims, Uint8Array.from(values))
    default: throw new AppError('model-unsupported', `Tensors of element type ${dataType} cannot be made from numbers.`)
  }
}

/** IEEE 754 binary16 to number. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const scratch = new DataView(new ArrayBuffer(4))

/** Number to IEEE 754 binary16, rounded to nearest even. */
export function numberToFloat16(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = Math.abs(value)
  if (Number.isNaN(value)) return sign | 0x7e00
  if (magnitude >= 65520) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24)
  const exponent = Math.floor(Math.log2(magnitude))
  const step = 2 ** (exponent - 10)
  // A carry out of the fraction lands in the exponent, as it should.
  return sign | (((exponent + 14) << 10) + roundHalfEven(magnitude / step))
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}
