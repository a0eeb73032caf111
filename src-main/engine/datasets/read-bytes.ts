/** Bytes of a file, inflated where it is gzipped, without a second copy of it in memory. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { lookAt, unreadable } from './place.ts'

const chunkBytes = 1 << 20
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/** Hands over the file's bytes in their order. Throws AppError 'file-missing', 'file-unreadable', 'data-invalid' (a damaged archive) or 'cancelled'. */
export async function readChunks(path: string, onChunk: (chunk: Uint8Array) => void, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal)
  const { head } = await lookAt(path)
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      try {
        onChunk(chunk)
        done()
      } catch (error) {
        done(error as Error)
      }
    },
  })
  const source = createReadStream(path, { highWaterMark: chunkBytes })
  try {
    const options = signal ? { signal } : {}
    if (isGzip(head)) await pipeline(source, createGunzip({ chunkSize: chunkBytes }), sink, options)
    else await pipeline(source, sink, options)
  } catch (error) {
    throwIfCancelled(signal)
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') ?? false) throw new AppError('data-invalid', `${basename(path)} is a gzip archive that is truncated or damaged (${(error as Error).message}). Fetch it again.`, { cause: error })
    throw unreadable(path, error)
  }
}

export async function readWhole(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  await readChunks(path, (chunk) => chunks.push(chunk), signal)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
