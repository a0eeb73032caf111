/** Picture files that are wrong or unusual, made on the spot. A bad one must give one clear line; an odd one must be read. */
import sharp from 'sharp'
import { crc32 } from '#engine/lib/crc32.ts'
import { float32Npy } from '#engine/lib/npy.ts'

export interface PictureFile { readonly name: string; readonly bytes: Uint8Array }

const noise = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })

/** A PNG header alone, claiming `width` × `height`. */
function pngClaiming(width: number, height: number): Uint8Array {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const extent = Buffer.alloc(8)
  extent.writeUInt32BE(width, 0)
  extent.writeUInt32BE(height, 4)
  const chunk = Buffer.concat([header.subarray(12), extent, Buffer.from('0802000000', 'hex')])
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(chunk))
  return Buffer.concat([header.subarray(0, 12), chunk, check, Buffer.from('0000000049444154', 'hex')])
}

/** An uncompressed bitmap: bottom-up unless `topDown`. `pixel` gives the bytes of one row. */
export function bmp(width: number, height: number, bits: number, rows: readonly Uint8Array[], palette: readonly number[] = [], topDown = false): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4
  const offset = 54 + palette.length
  const file = Buffer.alloc(offset + stride * height)
  file.write('BM')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(offset, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(topDown ? -height : height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(bits, 28)
  Buffer.from(palette).copy(file, 54)
  rows.forEach((row, index) => file.set(row, offset + (topDown ? index : height - 1 - index) * stride))
  return file
}

/** Each with a piece of the sentence that names what is wrong. */
export async function badPictures(): Promise<readonly (PictureFile & { readonly says: RegExp })[]> {
  const jpeg = await noise(200, 150).jpeg().toBuffer()
  const png = await noise(200, 150).png().toBuffer()
  const flippedBytes = Buffer.from(png)
  flippedBytes.fill(0x55, 100, 2000)
  const bitmap = bmp(40, 40, 24, Array.from({ length: 40 }, () => new Uint8Array(120)))
  const hugeBitmap = Buffer.from(bitmap)
  hugeBitmap.writeInt32LE(60000, 18)
  hugeBitmap.writeInt32LE(60000, 22)
  return [
    { name: 'empty.png', bytes: new Uint8Array(), says: /empty/ },
    { name: 'text.jpg', bytes: Buffer.from('this is not a picture at all\n'), says: /is text, not a picture/ },
    { name: 'page.png', bytes: Buffer.from('<!DOCTYPE html><html></html>'), says: /a web page, not a picture/ },
    { name: 'pointer.jpg', bytes: Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'), says: /Git LFS pointer/ },
    { name: 'model.png', bytes: Buffer.from([0x08, 0x07, 0x12, 0x07, ...Buffer.from('pytorch'), 0x3a, 0x00]), says: /an ONNX model, not a picture/ },
    { name: 'array.png', bytes: float32Npy([2, 2], new Float32Array(4)), says: /a NumPy array/ },
    { name: 'archive.webp', bytes: Buffer.from('504b0304140000000800', 'hex'), says: /a ZIP archive/ },
    { name: 'bytes.jpg', bytes: Uint8Array.from({ length: 300 }, (_, index) => (index * 197 + 131) & 0xff), says: /no known format/ },
    { name: 'half.jpg', bytes: jpeg.subarray(0, jpeg.length >> 1), says: /JPEG picture, but it is truncated/ },
    { name: 'head.jpg', bytes: jpeg.subarray(0, 20), says: /JPEG picture, but it is truncated/ },
    { name: 'half.png', bytes: png.subarray(0, png.length >> 1), says: /PNG picture, but it is truncated/ },
    { name: 'damaged.png', bytes: flippedBytes, says: /PNG picture/ },
    { name: 'half.gif', bytes: await noise(60, 60).gif().toBuffer().then((gif) => gif.subarray(0, gif.length >> 1)), says: /GIF picture, but it is truncated/ },
    { name: 'half.webp', bytes: await noise(60, 60).webp().toBuffer().then((webp) => webp.subarray(0, webp.length >> 1)), says: /WebP picture, but it is truncated/ },
    { name: 'half.tiff', bytes: await noise(60, 60).tiff().toBuffer().then((tiff) => tiff.subarray(0, tiff.length >> 1)), says: /TIFF picture, but it is truncated/ },
    { name: 'claims-10-gigapixels.png', bytes: pngClaiming(100_000, 100_000), says: /too large: more than 300 million pixels/ },
    { name: 'zero-wide.png', bytes: pngClaiming(0, 10), says: /PNG picture/ },
    { name: 'truncated.bmp', bytes: bitmap.subarray(0, 1000), says: /BMP picture that is truncated/ },
    { name: 'huge.bmp', bytes: hugeBitmap, says: /claims 60000 × 60000 pixels/ },
  ]
}

/** All are 4 × 3 (or say otherwise) and must be read. */
export async function oddPictures(): Promise<readonly (PictureFile & { readonly width: number; readonly height: number })[]> {
  const red = { r: 200, g: 30, b: 40 }
  const flat = (width = 4, height = 3) => sharp({ create: { width, height, channels: 3, background: red } })
  const deep = (channels: 1 | 3, space: 'grey16' | 'rgb16') =>
    sharp(Buffer.from(new Uint16Array(12 * channels).fill(0x8080).buffer), { raw: { width: 4, height: 3, channels, depth: 'ushort' } } as object).toColourspace(space)
  return [
    { name: '1x1.jpg', bytes: await flat(1, 1).jpeg().toBuffer(), width: 1, height: 1 },
    { name: 'cmyk.jpg', bytes: await flat().toColourspace('cmyk').jpeg().toBuffer(), width: 4, height: 3 },
    { name: '16-bit.png', bytes: await deep(3, 'rgb16').png().toBuffer(), width: 4, height: 3 },
    { name: '16-bit-grey.png', bytes: await deep(1, 'grey16').png().toBuffer(), width: 4, height: 3 },
    { name: 'grey.jpg', bytes: await flat().greyscale().jpeg().toBuffer(), width: 4, height: 3 },
    { name: 'palette.png', bytes: await flat().png({ palette: true }).toBuffer(), width: 4, height: 3 },
    { name: 'turned.jpg', bytes: await flat().withMetadata({ orientation: 6 }).jpeg().toBuffer(), width: 3, height: 4 },
    { name: 'p3.png', bytes: await flat().withIccProfile('p3').png().toBuffer(), width: 4, height: 3 },
    { name: 'lab.tiff', bytes: await flat().toColourspace('lab').tiff().toBuffer(), width: 4, height: 3 },
    { name: 'animated.gif', bytes: await sharp([await flat().png().toBuffer(), await sharp({ create: { width: 4, height: 3, channels: 3, background: '#0f0' } }).png().toBuffer()], { join: { animated: true } }).gif().toBuffer(), width: 4, height: 3 },
    { name: 'avif.avif', bytes: await flat(16, 16).avif().toBuffer(), width: 16, height: 16 },
    { name: 'webp.webp', bytes: await flat().webp().toBuffer(), width: 4, height: 3 },
    { name: 'bitmap.bmp', bytes: bmp(4, 3, 24, Array.from({ length: 3 }, () => Uint8Array.from({ length: 12 }, (_, index) => [40, 30, 200][index % 3]!))), width: 4, height: 3 },
  ]
}
