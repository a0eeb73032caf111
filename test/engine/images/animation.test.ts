import { describe, expect, it } from 'vitest'
import { countFrames, decodeAnimation, encodeAnimation } from '#engine/images/animation.ts'
import { encodePng } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'

/** Squares of one color each. */
const frames = [[255, 0, 0], [0, 255, 0], [0, 0, 255]].map((color) => pixelsOf(16, 12, Uint8Array.from({ length: 16 * 12 * 3 }, (_, at) => color[at % 3]!)))
const delays = [40, 120, 80]

describe('animations', () => {
  it.each(['gif', 'webp'] as const)('are written and read again: %s', async (format) => {
    const bytes = await encodeAnimation({ frames, delays }, format)
    expect(await countFrames(bytes, 'film')).toBe(3)
    const read = await decodeAnimation(bytes, 'film')
    expect(read.delays).toEqual(delays)
    read.frames.forEach(({ width, height, data }, index) => {
      expect([width, height]).toEqual([16, 12])
      // WebP's chroma is rounded.
      expect(Math.max(...data.map((value, at) => Math.abs(value - frames[index]!.data[at]!)))).toBeLessThanOrEqual(format === 'gif' ? 0 : 6)
    })
  })
  it('have one frame where they are still pictures', async () => {
    expect(await countFrames(await encodePng(frames[0]!), 'still.png')).toBe(1)
  })
  it('that are none are said to be', async () => {
    await expect(decodeAnimation(new TextEncoder().encode('hello'), 'hello.gif')).rejects.toMatchObject({ code: 'picture-unreadable' })
    await expect(countFrames(new Uint8Array(), 'empty.gif')).rejects.toMatchObject({ code: 'picture-unreadable' })
  })
})
