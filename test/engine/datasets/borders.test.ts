import { describe, expect, it } from 'vitest'
import { borderWarnings, commonBorder, wantsLightOnDark } from '#engine/datasets/borders.ts'
import type { PictureInput } from '#engine/datasets/dataset.ts'

/** Pictures of 4 × 4 with these borders and the opposite inside. */
const pictures = (borders: readonly number[], channels: 1 | 3 = 1): PictureInput => ({
  kind: 'pictures', channels, height: 4, width: 4,
  pixels: Uint8Array.from(borders.flatMap((border) => Array.from({ length: 16 * channels }, (_, at) => { const pixel = Math.floor(at / channels); return [5, 6, 9, 10].includes(pixel) ? 255 - border : border }))),
})
const [dark, light] = [20, 230]

describe('borders of pictures', () => {
  it('are dark, light, or differ', () => {
    expect(commonBorder(pictures([dark, dark, dark]), [0, 1, 2])).toBe('dark')
    expect(commonBorder(pictures([light, light]), [0, 1])).toBe('light')
    expect(commonBorder(pictures([dark, light]), [0, 1])).toBeUndefined()
    expect(commonBorder(pictures([dark, light]), [1])).toBe('light')
    expect(commonBorder(pictures([]), [])).toBeUndefined()
  })

  it('tell that grey pictures are light on dark, and say nothing of colour', () => {
    expect(wantsLightOnDark({ input: pictures([dark, dark]) }, [0, 1])).toBe(true)
    expect(wantsLightOnDark({ input: pictures([light, dark]) }, [0, 1])).toBe(false)
    expect(wantsLightOnDark({ input: pictures([dark, dark], 3) }, [0, 1])).toBe(false)
  })

  it('are warned of where the held-out pictures are the other way round', () => {
    expect(borderWarnings({ input: pictures([dark, light]) }, [0], [1])[0]).toMatch(/dark borders, the held-out ones light ones.*validation\.invert/)
    expect(borderWarnings({ input: pictures([dark, dark]) }, [0], [1])).toEqual([])
  })
})
