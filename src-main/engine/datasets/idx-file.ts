/** One IDX file: a big-endian header of type and extents, then the bytes. Only unsigned bytes are read, which pictures and labels are. */
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { sharedBytes } from './dataset.ts'
import { readChunks } from './read-bytes.ts'

export interface IdxArray { readonly dims: readonly number[]; readonly bytes: Uint8Array }

const unsignedByte = 8
const largestBytes = 2 ** 32
const types: Readonly<Record<number, string>> = { 9: 'signed bytes', 11: 'shorts', 12: 'integers', 13: 'floats', 14: 'doubles' }

/** Throws AppError 'data-invalid': another content, a truncated file, one that is longer than its header says. */
export async function readIdx(path: string, signal?: AbortSignal): Promise<IdxArray> {
  const name = basename(path)
  const refuse = (why: string): never => { throw new AppError('data-invalid', `${name} ${why}`) }
  let head: Uint8Array = new Uint8Array()
  let array: IdxArray | undefined
  let filled = 0

  const fill = (chunk: Uint8Array, into: Uint8Array): void => {
    if (filled + chunk.length > into.length) refuse(`is longer than its header says: more than ${into.length} bytes follow it.`)
    into.set(chunk, filled)
    filled += chunk.length
  }
  await readChunks(path, (chunk) => {
    if (array) return fill(chunk, array.bytes)
    head = Buffer.concat([head, chunk])
    if (head.length < 4) return
    const axes = head[3]!
    if (head[0] !== 0 || head[1] !== 0 || axes === 0) refuse('is not an IDX file: it does not begin with two zero bytes, a type and a number of axes.')
    if (head.length < 4 + 4 * axes) return
    if (head[2] !== unsignedByte) refuse(`holds ${types[head[2]!] ?? `elements of unknown type ${head[2]}`}; IDX files of unsigned bytes are read.`)
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    const dims = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
    const total = dims.reduce((product, dim) => product * dim, 1)
    if (total > largestBytes) refuse(`claims an array of extent [${dims.join(', ')}], ${(total / 2 ** 30).toFixed(1)} GiB; at most ${largestBytes / 2 ** 30} GiB are read.`)
    array = { dims, bytes: sharedBytes(total) }
    fill(head.subarray(4 + 4 * axes), array.bytes)
  }, signal)
  if (!array) return refuse(`is truncated inside its header: it holds ${head.length} bytes.`)
  if (filled < array.bytes.length) refuse(`is truncated: its header claims [${array.dims.join(', ')}], ${array.bytes.length} bytes, and ${filled} follow it. Fetch it again.`)
  return array
}
