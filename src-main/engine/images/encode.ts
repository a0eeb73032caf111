/** Pixels to PNG bytes. */
import type { Pixels } from './pixels.ts'
import { sharp } from './sharp.ts'

type PngBytes = Uint8Array<ArrayBuffer>

export async function encodePng({ width, height, data }: Pixels): Promise<PngBytes> {
  return new Uint8Array(await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer())
}

export async function encodeRgbaPng(width: number, height: number, data: Uint8Array): Promise<PngBytes> {
  return new Uint8Array(await sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer())
}

/** A PNG whose longer side is at most `side` pixels; never enlarged. */
export async function encodeThumbnail({ width, height, data }: Pixels, side: number): Promise<PngBytes> {
  const scaled = sharp(data, { raw: { width, height, channels: 3 } }).resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  return new Uint8Array(await scaled.png().toBuffer())
}
