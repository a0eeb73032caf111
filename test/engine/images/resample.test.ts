import { describe, expect, it } from 'vitest'
import { pixelsOf } from '#engine/images/pixels.ts'
import { resizePixels } from '#engine/images/resample.ts'

const grey = (width: number, height: number, values: readonly number[]) => pixelsOf(width, height, Uint8Array.from(values.flatMap((value) => [value, value, value])))
const greyOf = (data: Uint8Array): number[] => Array.from(data).filter((_, index) => index % 3 === 0)

describe('resizing', () => {
  it('gives what torch.nn.functional.interpolate(antialias=True, mode="bilinear") gives, which follows Pillow', () => {
    // F.interpolate(torch.tensor([[[[10., 20, 200, 40, 50, 250, 0]]]]), size=(1, 3), mode='bilinear', antialias=True)
    const { data } = resizePixels(grey(7, 1, [10, 20, 200, 40, 50, 250, 0]), 3, 1)
    expect(greyOf(data)).toEqual([55, 91, 118])
  })

  it('interpolates when enlarging, and repeats the border', () => {
    const { data } = resizePixels(grey(2, 1, [0, 100]), 4, 1)
    expect(greyOf(data)).toEqual([0, 25, 75, 100])
  })

  it('keeps a flat picture flat at any extent', () => {
    for (const [width, height] of [[1, 1], [3, 50], [64, 2]] as const) {
      const { data } = resizePixels(grey(5, 4, new Array<number>(20).fill(137)), width, height)
      expect(new Set(data)).toEqual(new Set([137]))
      expect(data.length).toBe(width * height * 3)
    }
  })
})
