/** Text on colored ground: mixes, and the ink that reads best on them. */

export type Rgb = readonly [red: number, green: number, blue: number]

/** '#6ff2c4' as numbers. */
export function parseHex(text: string): Rgb {
  const digits = text.trim().replace('#', '')
  const whole = digits.length === 3 ? Array.from(digits, (digit) => digit + digit).join('') : digits
  return [0, 2, 4].map((start) => Number.parseInt(whole.slice(start, start + 2), 16)) as unknown as Rgb
}

export const mixRgb = (from: Rgb, to: Rgb, share: number): Rgb => from.map((value, channel) => Math.round(value + (to[channel]! - value) * share)) as unknown as Rgb

export const toCss = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`

/** WCAG 2.2, relative luminance. */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Black or white: the one with the higher contrast, which is never below 4.5 : 1. */
export const readableInk = (ground: Rgb): '#000' | '#fff' => ((luminance(ground) + 0.05) ** 2 > 1.05 * 0.05 ? '#000' : '#fff')
