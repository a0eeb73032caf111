/**
 * Windows bitmaps, which sharp does not read: 1, 4, 8, 16, 24 and 32 bits, palettes, bit fields, bottom-up and top-down.
 * Source: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPINFOHEADER). Run-length-encoded bitmaps are refused.
 */
import { AppError } from '#contract/errors.ts'
import { pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= 26

const uncompressed = 0, bitFields = 3, alphaBitFields = 6

/** `maxPixels` bounds what a header may claim. Throws 'picture-unreadable' with `name` in it. */
export function decodeBmp(bytes: Uint8Array, name: string, maxPixels: number): Pixels {
  const refuse = (why: string): never => { throw new AppError('picture-unreadable', `${name} is a BMP picture that ${why}.`) }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dataOffset = view.getUint32(10, true)
  const headerSize = view.getUint32(14, true)
  // BITMAPCOREHEADER (OS/2) has 16-bit extents and palette entries of three bytes.
  const core = headerSize === 12
  if (!core && (headerSize < 40 || bytes.length < 14 + headerSize)) refuse('has a damaged header')
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true)
  const signedHeight = core ? view.getInt16(20, true) : view.getInt32(22, true)
  const bits = core ? view.getUint16(24, true) : view.getUint16(28, true)
  const compression = core ? uncompressed : view.getUint32(30, true)
  const height = Math.abs(signedHeight)
  if (width <= 0 || height === 0) refuse(`claims an extent of ${width} × ${height} pixels`)
  if (width * height > maxPixels) refuse(`claims ${width} × ${height} pixels; at most ${maxPixels / 1e6} million are read`)
  if (compression !== uncompressed && compression !== bitFields && compression !== alphaBitFields) refuse('is run-length encoded or otherwise compressed; save it as PNG')
  if (![1, 4, 8, 16, 24, 32].includes(bits)) refuse(`has ${bits} bits a pixel`)
  const stride = Math.ceil((width * bits) / 32) * 4
  if (dataOffset + stride * height > bytes.length) refuse(`is truncated: ${bytes.length} bytes where ${dataOffset + stride * height} were expected`)

  const read = bits <= 8
    ? paletteReader(view, bits, 14 + headerSize, core ? 3 : 4, dataOffset)
    : bits === 24 ? colorReader(view) : maskReader(view, bits, compression !== uncompressed ? 54 : undefined)
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const start = dataOffset + (signedHeight > 0 ? height - 1 - row : row) * stride
    for (let column = 0; column < width; column++) read(start, column, data, (row * width + column) * 3)
  }
  return pixelsOf(width, height, data)
}

/** Writes the pixel of `column`, in the row that begins at byte `start`, as RGB to `target[to]`. */
type PixelReader = (start: number, column: number, target: Uint8Array, to: number) => void

function paletteReader(view: DataView, bits: number, paletteOffset: number, entrySize: number, paletteEnd: number): PixelReader {
  const perByte = 8 / bits
  return (start, column, target, to) => {
    const byte = view.getUint8(start + Math.floor(column / perByte))
    const index = (byte >> (8 - bits * (1 + (column % perByte)))) & (2 ** bits - 1)
    const entry = paletteOffset + index * entrySize
    if (entry + 3 > paletteEnd) return
    for (let channel = 0; channel < 3; channel++) target[to + channel] = view.getUint8(entry + 2 - channel)
  }
}

function colorReader(view: DataView): PixelReader {
  return (start, column, target, to) => {
    for (let channel = 0; channel < 3; channel++) target[to + channel] = view.getUint8(start + column * 3 + 2 - channel)
  }
}

/** Without bit fields, 16 bits are 5-5-5 and 32 bits are 8-8-8. Alpha is not looked at: most writers leave it zero. */
function maskReader(view: DataView, bits: number, masksAt: number | undefined): PixelReader {
  const defaults = bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff]
  const masks = defaults.map((mask, channel) => (masksAt === undefined ? mask : view.getUint32(masksAt + channel * 4, true)))
  const shifts = masks.map((mask) => (mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)))
  return (start, column, target, to) => {
    const value = bits === 16 ? view.getUint16(start + column * 2, true) : view.getUint32(start + column * 4, true)
    for (let channel = 0; channel < 3; channel++) {
      const largest = masks[channel]! >>> shifts[channel]!
      target[to + channel] = largest === 0 ? 0 : Math.round((((value & masks[channel]!) >>> shifts[channel]!) * 255) / largest)
    }
  }
}
