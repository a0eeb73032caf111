/**
 * NumPy's array files. Source: numpy/lib/format.py, NPY format versions 1.0, 2.0 and 3.0.
 * Read: booleans, integers, floats of 16 to 64 bits, either byte order, C and Fortran order. Written: version 1.0, little-endian, C order.
 */
import { AppError } from '#contract/errors.ts'
import { elementCount, elementSize } from '../onnx/tensor-data.ts'
import type { DataType } from '../onnx/model.ts'

export interface NpyArray {
  readonly dataType: DataType
  readonly dims: readonly number[]
  /** Little-endian, row-major; aligned to its own buffer. float16 as its bit patterns, bool as bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const kinds: Readonly<Record<string, DataType>> = {
  b1: 'bool', i1: 'int8', u1: 'uint8', i2: 'int16', u2: 'uint16', i4: 'int32', u4: 'uint32', i8: 'int64', u8: 'uint64',
  f2: 'float16', f4: 'float32', f8: 'float64',
}
const kindOf = Object.fromEntries(Object.entries(kinds).map(([kind, dataType]) => [dataType, kind]))
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** `name` is how errors call the file. Throws 'file-unreadable'. */
export function readNpy(file: Uint8Array, name: string): NpyArray {
  const refuse = (why: string): never => { throw new AppError('file-unreadable', `${name} ${why}`) }
  if (!magic.every((byte, index) => file[index] === byte)) refuse('is not a NumPy array: it does not begin with \\x93NUMPY.')
  const major = file[6] ?? 0
  if (major < 1 || major > 3) refuse(`is a NumPy array of format version ${major}; versions 1 to 3 are read.`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const start = major === 1 ? 10 : 12
  if (file.length < start) refuse('is truncated inside its header.')
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const body = start + headerLength
  if (body > file.length) refuse(`is truncated: its header claims ${headerLength} bytes and the file holds ${file.length}.`)
  const header = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(file.subarray(start, body))

  const descriptor = /['"]descr['"]\s*:\s*['"]([<>|=])?([a-zA-Z])(\d+)['"]/.exec(header)
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header)?.[1]
  const shape = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(header)?.[1]
  if (order === undefined || shape === undefined) refuse(`has a NumPy header that cannot be read: ${header.slice(0, 120)}`)
  if (!descriptor) return refuse(`holds structured or Python data (${/['"]descr['"]\s*:\s*([^,]*)/.exec(header)?.[1] ?? 'no descr'}); save a plain numeric array.`)
  const [, byteOrder, letter, size] = descriptor
  const dataType = kinds[`${letter}${size}`]
  if (!dataType) return refuse(`holds elements of NumPy type '${letter}${size}'; booleans, integers and floats of up to 64 bits are read.`)
  const dims = (shape ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => Number(part.replace(/L$/, '')))
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) refuse(`has a shape that cannot be read: (${shape}).`)
  const bytesPerElement = elementSize(dataType)
  const expected = elementCount(dims) * bytesPerElement
  if (file.length - body < expected) refuse(`is truncated: shape [${dims.join(', ')}] of ${dataType} takes ${expected} bytes, and ${file.length - body} follow the header.`)

  let bytes: Uint8Array<ArrayBuffer> = file.slice(body, body + expected)
  if (byteOrder === '>') swapBytes(bytes, bytesPerElement)
  if (order === 'True' && dims.length > 1) bytes = rowMajor(bytes, dims, bytesPerElement)
  return { dataType, dims, bytes }
}

/** An array as the bytes of an .npy file. `bytes` must be little-endian and row-major, as ONNX raw data is. */
export function writeNpy({ dataType, dims, bytes }: { dataType: DataType; dims: readonly number[]; bytes: Uint8Array }): Uint8Array<ArrayBuffer> {
  const kind = kindOf[dataType]
  if (!kind) throw new AppError('file-unwritable', `Elements of type ${dataType} cannot be written as a NumPy array.`)
  const descriptor = elementSize(dataType) === 1 ? `|${kind}` : `<${kind}`
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ')
  const text = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${shape}), }`
  // The data begins at a multiple of 64 bytes, and the header ends in a line feed.
  const headerLength = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const file = new Uint8Array(10 + headerLength + bytes.length)
  file.set([...magic, 1, 0, headerLength & 0xff, headerLength >> 8])
  file.set(new TextEncoder().encode(`${text.padEnd(headerLength - 1)}\n`), 10)
  file.set(bytes, 10 + headerLength)
  return file
}

export function float32Npy(dims: readonly number[], data: Float32Array): Uint8Array<ArrayBuffer> {
  return writeNpy({ dataType: 'float32', dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) })
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse()
}

/** Fortran order is the row-major order of the reversed shape, transposed. */
function rowMajor(bytes: Uint8Array<ArrayBuffer>, dims: readonly number[], size: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length)
  const count = elementCount(dims)
  const strides: number[] = []
  dims.reduce((stride, dim) => { strides.push(stride); return stride * dim }, 1)
  const index = dims.map(() => 0)
  for (let to = 0; to < count; to++) {
    const from = index.reduce((sum, position, axis) => sum + position * strides[axis]!, 0)
    for (let byte = 0; byte < size; byte++) result[to * size + byte] = bytes[from * size + byte]!
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < dims[axis]!) break
      index[axis] = 0
    }
  }
  return result
}
