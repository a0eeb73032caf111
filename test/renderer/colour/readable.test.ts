import { describe, expect, it } from 'vitest'
import { luminance, mixRgb, parseHex, readableInk } from '#renderer/colour/readable.ts'

/** WCAG 2.2, 1.4.3: normal text. */
const enoughContrast = 4.5
const contrast = (one: number, other: number): number => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)

describe('text on colored ground', () => {
  it('is black or white, whichever has enough contrast, on every color', () => {
    for (let red = 0; red < 256; red += 15) for (let green = 0; green < 256; green += 15) for (let blue = 0; blue < 256; blue += 15) {
      const ground = [red, green, blue] as const
      expect(contrast(luminance(ground), readableInk(ground) === '#fff' ? 1 : 0)).toBeGreaterThanOrEqual(enoughContrast)
    }
  })
  it('mixes what the theme says', () => {
    expect(parseHex(' #6ff2c4')).toEqual([111, 242, 196])
    expect(parseHex('#fff')).toEqual([255, 255, 255])
    expect(mixRgb([0, 0, 0], [200, 100, 50], 0.5)).toEqual([100, 50, 25])
  })
})
