/**
 * Tensors by name in one file (the safetensors format, version of 2023): eight bytes of header length, a JSON header with offsets, the data.
 * Other programs of the field read it.
 */
import { AppError } from '#contract/errors.ts'

const types = {
  float32: { code: 'F32', make: (buffer: ArrayBuffer): Float32Array => new Float32Array(buffer) },
  int32: { code: 'I32', make: (buffer: ArrayBuffer): Int32Array => new Int32Array(buffer) },
  uint8: { code: 'U8', make: (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer) },
} as const

export interface NamedTensor { readonly dims: readonly number[]; readonly data: Float32Array | Int32Array | Uint8Array }
export interface Safetensors { readonly tensors: ReadonlyMap<string, NamedTensor>; readonly metadata: Readonly<Record<string, string>> }

/** The chunks of the file, in order; the tensors' own memory is not copied. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dims, data }] of tensors) {
    header[name] = { dtype: codeOf(data), shape: dims, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Padded with spaces, so that the data begins at a multiple of eight.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20)
  padded.set(text)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true)
  return [length, padded, ...[...tensors.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
}

const codeOf = (data: NamedTensor['data']): string => (data instanceof Float32Array ? types.float32 : data instanceof Int32Array ? types.int32 : types.uint8).code

/** @throws AppError 'file-unreadable' where the file is cut short or of another form */
export function decodeSafetensors(bytes: Uint8Array, path: string): Safetensors {
  const damaged = (why: string): AppError => new AppError('file-unreadable', `${path} is damaged: ${why}.`, { data: { path } })
  if (bytes.length < 8) throw damaged(`it holds ${bytes.length} bytes`)
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const start = 8 + headerLength
  if (start > bytes.length) throw damaged(`a header of ${headerLength} bytes is expected in a file of ${bytes.length}`)
  let header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] } | undefined> & { __metadata__?: unknown }
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as typeof header
  } catch (cause) {
    throw damaged(`its header is not JSON (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  const { __metadata__: metadata, ...entries } = header
  const tensors = new Map<string, NamedTensor>()
  for (const [name, entry] of Object.entries(entries)) {
    if (!entry) continue
    const [from, to] = entry.data_offsets
    if (start + to > bytes.length) throw damaged(`'${name}' ends ${start + to - bytes.length} bytes behind its end`)
    const type = Object.values(types).find(({ code }) => code === entry.dtype)
    if (!type) throw damaged(`'${name}' holds ${entry.dtype} numbers`)
    // Not `slice`: a Buffer's shares its memory, and may lie at any offset.
    const copy = new Uint8Array(to - from)
    copy.set(bytes.subarray(start + from, start + to))
    tensors.set(name, { dims: entry.shape, data: type.make(copy.buffer) })
  }
  return { tensors, metadata: (metadata ?? {}) as Record<string, string> }
}
