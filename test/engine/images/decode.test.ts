import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { decodePicture, keptPicturePixels } from '#engine/images/decode.ts'
import { badPictures, bmp, oddPictures } from '../../support/bad-pictures.ts'

/** Lossy codecs and the CMYK gamut move flat colours by this much at most. */
const colorTolerance = 28

describe('decoding pictures', () => {
  it('names every bad file and what it is, in one line', async () => {
    for (const { name, bytes, says } of await badPictures()) {
      const error: unknown = await decodePicture(bytes, name).catch((caught: unknown) => caught)
      expect(error, name).toBeInstanceOf(AppError)
      expect((error as AppError).code, name).toBe('picture-unreadable')
      expect((error as AppError).message, name).toMatch(says)
      expect((error as AppError).message, name).toMatch(new RegExp(`^${name}[^\n]*$`))
    }
  })

  it('reads unusual pictures as upright opaque sRGB', async () => {
    for (const { name, bytes, width, height } of await oddPictures()) {
      const picture = await decodePicture(bytes, name)
      expect([picture.width, picture.height, picture.data.length], name).toEqual([width, height, width * height * 3])
      const expected = name.startsWith('16') ? [0x80, 0x80, 0x80] : name.startsWith('grey') ? [86, 86, 86] : [200, 30, 40]
      expected.forEach((value, channel) => expect(Math.abs(picture.data[channel]! - value), `${name} channel ${channel}`).toBeLessThanOrEqual(colorTolerance))
    }
  })

  it('lays transparent parts on white', async () => {
    const png = await sharp({ create: { width: 2, height: 1, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } }).png().toBuffer()
    const { data } = await decodePicture(png, 'glass.png')
    expect([...data.subarray(0, 3)]).toEqual([255, 127, 127])
  })

  it('applies the EXIF orientation to the pixels', async () => {
    const jpeg = await sharp(Buffer.from([250, 0, 0, 0, 0, 250]), { raw: { width: 2, height: 1, channels: 3 } }).withMetadata({ orientation: 6 }).png().toBuffer()
    const { width, height, data } = await decodePicture(jpeg, 'turned.png')
    expect({ width, height, data: [...data] }).toEqual({ width: 1, height: 2, data: [250, 0, 0, 0, 0, 250] })
  })

  it('reduces a picture of more pixels than it keeps, and remembers its extent', async () => {
    const png = await sharp({ create: { width: 6000, height: 4000, channels: 3, background: '#204060' } }).png().toBuffer()
    const picture = await decodePicture(png, 'large.png')
    expect(picture).toMatchObject({ originalWidth: 6000, originalHeight: 4000 })
    expect(picture.width * picture.height).toBeLessThanOrEqual(keptPicturePixels)
    expect(picture.width / picture.height).toBeCloseTo(1.5, 2)
    expect([...picture.data.subarray(0, 3)]).toEqual([0x20, 0x40, 0x60])
  })

  it('reads bitmaps of every depth, bottom-up and top-down', async () => {
    const blackWhite = [0, 0, 0, 0, 255, 255, 255, 0]
    const upper = [Uint8Array.of(0b10000000), Uint8Array.of(0b01000000)]
    for (const topDown of [false, true]) {
      const { data } = await decodePicture(bmp(2, 2, 1, upper, blackWhite, topDown), 'one-bit.bmp')
      expect([...data]).toEqual([255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255])
    }
    const fourBit = await decodePicture(bmp(2, 1, 4, [Uint8Array.of(0x01)], blackWhite), 'four-bit.bmp')
    expect([...fourBit.data]).toEqual([0, 0, 0, 255, 255, 255])
    const eightBit = await decodePicture(bmp(1, 1, 8, [Uint8Array.of(1)], blackWhite), 'eight-bit.bmp')
    expect([...eightBit.data]).toEqual([255, 255, 255])
    const sixteenBit = await decodePicture(bmp(1, 1, 16, [Uint8Array.of(0x00, 0x7c)]), 'sixteen-bit.bmp')
    expect([...sixteenBit.data]).toEqual([255, 0, 0])
    const withAlpha = await decodePicture(bmp(1, 1, 32, [Uint8Array.of(1, 2, 3, 0)]), 'thirty-two-bit.bmp')
    expect([...withAlpha.data]).toEqual([3, 2, 1])
  })
})
