/** International text chunks of a PNG: where results carry their recipe. Source: PNG specification, third edition, 11.3.3.4 (iTXt). */
import { crc32 } from '../lib/crc32.ts'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const isPng = (bytes: Uint8Array): boolean => signature.every((byte, index) => bytes[index] === byte)

/** A recipe is small; a chunk that claims more is somebody else's. */
const largestText = 1 << 20

interface Chunk { readonly type: string; readonly start: number; readonly data: Uint8Array; readonly end: number }

/** The chunks as far as they are whole; a damaged file simply ends early. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let start = signature.length; start + 12 <= bytes.length;) {
    const length = view.getUint32(start)
    const end = start + 12 + length
    if (end > bytes.length) return
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8))
    yield { type, start, data: bytes.subarray(start + 8, start + 8 + length), end }
    start = end
  }
}

/** The PNG with `text` under `keyword` (Latin letters, at most 79), ahead of its pixels; an earlier text of that keyword is replaced. */
export function withPngText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [png.subarray(0, signature.length)]
  for (const chunk of chunksOf(png)) {
    if (chunk.type === 'iTXt' && keywordOf(chunk.data) === keyword) continue
    parts.push(png.subarray(chunk.start, chunk.end))
    if (chunk.type === 'IHDR') parts.push(textChunk(keyword, text))
  }
  return Uint8Array.from(Buffer.concat(parts))
}

/** The text under `keyword`, or undefined where the bytes are no PNG or carry none. Compressed text is not ours and is passed over. */
export function readPngText(png: Uint8Array, keyword: string): string | undefined {
  if (!isPng(png)) return undefined
  for (const { type, data } of chunksOf(png)) {
    if (type === 'IDAT') return undefined
    if (type !== 'iTXt' || data.length > largestText || keywordOf(data) !== keyword) continue
    const compressed = data[keyword.length + 1] !== 0
    // keyword \0, compression flag, compression method, language tag \0, translated keyword \0, text
    const language = data.indexOf(0, keyword.length + 3)
    const translated = data.indexOf(0, language + 1)
    if (!compressed && language >= 0 && translated >= 0) return new TextDecoder().decode(data.subarray(translated + 1))
  }
  return undefined
}

function keywordOf(data: Uint8Array): string {
  const end = data.indexOf(0)
  return String.fromCharCode(...data.subarray(0, Math.min(80, Math.max(0, end))))
}

function textChunk(keyword: string, text: string): Uint8Array {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`)
  const chunk = new Uint8Array(body.length + 8)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, body.length - 4)
  chunk.set(body, 4)
  view.setUint32(body.length + 4, crc32(body))
  return chunk
}
