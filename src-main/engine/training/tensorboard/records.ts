/**
 * Framing of TensorFlow's record files (tensorflow/core/lib/io/record_writer.cc): a record is
 *   uint64 length, uint32 masked CRC-32C of the length, the bytes, uint32 masked CRC-32C of the bytes; all little-endian.
 */
import { open } from 'node:fs/promises'
import { crc32c } from '../../lib/crc32c.ts'

const headerBytes = 12
const footerBytes = 4
/** Records beyond this are pictures or graphs, never scalars: they are stepped over. */
const largestKept = 1 << 20
const chunkBytes = 1 << 20

/** Rotated and moved, since a CRC of bytes that hold their own CRC says little. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

export function frameRecord(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(headerBytes + bytes.length + footerBytes)
  const view = new DataView(framed.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true)
  framed.set(bytes, headerBytes)
  view.setUint32(headerBytes + bytes.length, maskedCrc(bytes), true)
  return framed
}

export type RecordOutcome = { readonly kind: 'record'; readonly bytes: Uint8Array } | { readonly kind: 'damaged' } | { readonly kind: 'skipped' }

/**
 * The records of a file, one after the other. A tail that is cut off, as of a file that is still written or whose writer was killed, ends the reading;
 * so does a length that fails its check, since nothing behind it can be found.
 */
export async function* readRecords(path: string): AsyncGenerator<RecordOutcome> {
  const handle = await open(path, 'r')
  try {
    let buffer = new Uint8Array(0)
    let offset = 0
    /** A view of `count` bytes at `offset`, or undefined where the file ends before. */
    const take = async (count: number, position: number): Promise<Uint8Array | undefined> => {
      const from = position - offset
      if (from >= 0 && from + count <= buffer.length) return buffer.subarray(from, from + count)
      const next = new Uint8Array(Math.max(count, chunkBytes))
      const { bytesRead } = await handle.read(next, 0, next.length, position)
      buffer = next.subarray(0, bytesRead)
      offset = position
      return bytesRead >= count ? buffer.subarray(0, count) : undefined
    }
    for (let position = 0; ;) {
      const header = await take(headerBytes, position)
      if (!header) return
      const view = new DataView(header.buffer, header.byteOffset, headerBytes)
      if (view.getUint32(8, true) !== maskedCrc(header.subarray(0, 8))) {
        yield { kind: 'damaged' }
        return
      }
      const length = Number(view.getBigUint64(0, true))
      const end = position + headerBytes + length + footerBytes
      if (length > largestKept) {
        if (!(await take(1, end - 1))) return
        yield { kind: 'skipped' }
      } else {
        const body = await take(length + footerBytes, position + headerBytes)
        if (!body) return
        const bytes = body.subarray(0, length)
        const stored = new DataView(body.buffer, body.byteOffset + length, footerBytes).getUint32(0, true)
        yield stored === maskedCrc(bytes) ? { kind: 'record', bytes: bytes.slice() } : { kind: 'damaged' }
      }
      position = end
    }
  } finally {
    await handle.close()
  }
}
