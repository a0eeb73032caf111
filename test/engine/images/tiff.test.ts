import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodeTiff16 } from '#engine/images/tiff.ts'
import { createRandom } from '#engine/lib/random.ts'

describe('a 16-bit TIFF', () => {
  it.each([[3, 5, 7], [3, 130, 33], [1, 65, 20], [4, 9, 6]])('holds every value of %i channels of %i by %i to 1/65535, saturated colors too, with the sRGB profile', async (channels, height, width) => {
    const random = createRandom(5)
    const data = Float32Array.from({ length: channels * height * width }, (_, index) => (index % 3 === 0 ? Math.round(random.uniform()) : random.uniform(-0.1, 1.1)))
    const bytes = await encodeTiff16({ dims: [1, channels, height, width], data })
    const metadata = await sharp(bytes).metadata()
    expect(metadata).toMatchObject({ format: 'tiff', width, height, depth: 'ushort', channels, density: 300, hasAlpha: channels === 4 })
    if (channels > 1) {
      expect(Buffer.from(metadata.icc!).toString('latin1')).toContain('acsp')
      expect(Buffer.from(metadata.icc!).subarray(16, 20).toString()).toBe('RGB ')
    }
    const values = await valuesIn(bytes, channels)
    expect(values).toHaveLength(data.length)
    expect(values.every((value, index) => value === expected(data, [channels, height, width], index))).toBe(true)
  })
})

/** Another program's reading. Sharp converts where there is a profile: its tag is renamed to one that sharp does not know. */
async function valuesIn(bytes: Uint8Array, channels: number): Promise<Uint16Array> {
  const copy = Buffer.from(bytes)
  const at = copy.lastIndexOf(Buffer.from([34675 & 255, 34675 >> 8, 7, 0]))
  if (channels > 1) copy.writeUInt16LE(65000, at)
  const raw = await sharp(copy).toColourspace(channels > 1 ? 'rgb16' : 'grey16').raw({ depth: 'ushort' }).toBuffer()
  return new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2)
}

function expected(data: Float32Array, [channels, height, width]: readonly [number, number, number], index: number): number {
  const value = data[(index % channels) * height * width + Math.floor(index / channels)]!
  return Math.round(65535 * Math.min(1, Math.max(0, value)))
}
