/**
 * 16 bits a channel for print: TIFF 6.0 (Adobe 1992), baseline RGB in strips, deflated behind the horizontal predictor (section 14; Adobe Photoshop TIFF technical
 * notes for compression 8), with the sRGB profile (ICC.1 annex B.4, tag 34675). Written here because sharp's `withIccProfile` moves saturated
 * colors by up to half of their range when it attaches the profile (0.35.1: pure green comes back as 30039, 64571, 19539).
 */
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { invariant } from '#contract/errors.ts'
import { sharp } from './sharp.ts'

const compress = promisify(deflate)
const [short, long, rational, undefinedBytes] = [3, 4, 5, 7]
const rowsPerStrip = 64
const dotsPerInch = 300

/** [1, C, H, W] in 0..1, planes of gray, RGB, or RGB and alpha; clamped, and rounded to 0..65535. */
export async function encodeTiff16({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }): Promise<Uint8Array<ArrayBuffer>> {
  const [, channels = 1, height = 1, width = 1] = dims
  invariant([1, 3, 4].includes(channels), `a TIFF of ${channels} channels`)
  const strips: Uint8Array[] = []
  for (let top = 0; top < height; top += rowsPerStrip) strips.push(await compress(stripOf(data, { channels, height, width }, top)))
  const profile = await srgbProfile()
  const sizes = strips.map((strip) => strip.byteLength)
  const begin = 8
  const offsets = sizes.map((_, index) => begin + sizes.slice(0, index).reduce((sum, size) => sum + size, 0))
  const directory = buildDirectory({ width, height, channels, offsets, sizes, profile }, begin + sizes.reduce((sum, size) => sum + size, 0))
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(directory.at, 4)
  return Uint8Array.from(Buffer.concat([header, ...strips, directory.bytes]))
}

/** Interleaved rows from `top` on, each value less the one of its channel before it. */
function stripOf(data: Float32Array, { channels, height, width }: { readonly channels: number; readonly height: number; readonly width: number }, top: number): Uint8Array {
  const rows = Math.min(rowsPerStrip, height - top)
  const values = new Uint16Array(rows * width * channels)
  const plane = height * width
  for (let row = 0, to = 0; row < rows; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++, to++) values[to] = Math.round(65535 * Math.min(1, Math.max(0, data[channel * plane + (top + row) * width + column] ?? 0)))
  const line = width * channels
  for (let row = 0; row < rows; row++) for (let at = (row + 1) * line - 1; at >= row * line + channels; at--) values[at] = values[at]! - values[at - channels]!
  return new Uint8Array(values.buffer)
}

interface Directory { readonly width: number; readonly height: number; readonly channels: number; readonly offsets: readonly number[]; readonly sizes: readonly number[]; readonly profile: Uint8Array }
interface Field { readonly tag: number; readonly type: number; readonly count: number; readonly bytes: Buffer }

function buildDirectory({ width, height, channels, offsets, sizes, profile }: Directory, end: number): { readonly bytes: Buffer; readonly at: number } {
  const numbers = (tag: number, type: number, values: readonly number[]): Field => {
    const bytes = Buffer.alloc(values.length * (type === short ? 2 : 4))
    values.forEach((value, index) => (type === short ? bytes.writeUInt16LE(value, 2 * index) : bytes.writeUInt32LE(value, 4 * index)))
    return { tag, type, count: type === rational ? values.length / 2 : values.length, bytes }
  }
  const [rgb, gray, deflated, topLeft, chunky, inches, horizontal, unassociatedAlpha] = [2, 1, 8, 1, 1, 2, 2, 2]
  const fields = [
    numbers(256, long, [width]), numbers(257, long, [height]), numbers(258, short, Array<number>(channels).fill(16)), numbers(259, short, [deflated]), numbers(262, short, [channels === 1 ? gray : rgb]),
    numbers(273, long, offsets), numbers(274, short, [topLeft]), numbers(277, short, [channels]), numbers(278, long, [rowsPerStrip]), numbers(279, long, sizes),
    numbers(282, rational, [dotsPerInch, 1]), numbers(283, rational, [dotsPerInch, 1]), numbers(284, short, [chunky]), numbers(296, short, [inches]), numbers(317, short, [horizontal]),
    ...(channels === 4 ? [numbers(338, short, [unassociatedAlpha])] : []),
    // A gray picture has no place for a profile of three channels.
    ...(channels > 1 ? [{ tag: 34675, type: undefinedBytes, count: profile.length, bytes: Buffer.from(profile) }] : []),
  ]
  const extras: Buffer[] = []
  let at = end + (end % 2)
  const table = Buffer.alloc(2 + 12 * fields.length + 4)
  table.writeUInt16LE(fields.length, 0)
  fields.forEach(({ tag, type, count, bytes }, index) => {
    const entry = 2 + 12 * index
    table.writeUInt16LE(tag, entry)
    table.writeUInt16LE(type, entry + 2)
    table.writeUInt32LE(count, entry + 4)
    if (bytes.length <= 4) bytes.copy(table, entry + 8)
    else {
      table.writeUInt32LE(at, entry + 8)
      extras.push(bytes, Buffer.alloc(bytes.length % 2))
      at += bytes.length + (bytes.length % 2)
    }
  })
  return { bytes: Buffer.concat([Buffer.alloc(end % 2), ...extras, table]), at }
}

let profile: Promise<Uint8Array> | undefined

/** libvips's own, read off a picture that it was put into. */
function srgbProfile(): Promise<Uint8Array> {
  return (profile ??= (async () => {
    const png = await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } }).withIccProfile('srgb').png().toBuffer()
    const { icc } = await sharp(png).metadata()
    invariant(icc, 'libvips has no sRGB profile')
    return new Uint8Array(icc)
  })())
}
