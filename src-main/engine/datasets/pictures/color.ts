/** Colours as hue, saturation, lightness: pleasant to vary at random, and written as CSS. */
import type { Random } from '../../lib/random.ts'

export interface Color { readonly hue: number; readonly saturation: number; readonly lightness: number }

export const color = (hue: number, saturation: number, lightness: number): Color => ({ hue: ((hue % 360) + 360) % 360, saturation, lightness })

export const css = ({ hue, saturation, lightness }: Color, opacity = 1): string =>
  `hsla(${hue.toFixed(1)},${clampPercent(saturation)}%,${clampPercent(lightness)}%,${opacity.toFixed(3)})`

const clampPercent = (value: number): string => Math.min(100, Math.max(0, value)).toFixed(1)

export const lighter = (base: Color, amount: number): Color => ({ ...base, lightness: base.lightness + amount })
export const darker = (base: Color, amount: number): Color => lighter(base, -amount)

/** Any vivid colour. */
export const vivid = (random: Random): Color => color(random.uniform(0, 360), random.uniform(55, 95), random.uniform(38, 62))

/** A colour near a hue, as natural things vary. */
export const near = (random: Random, hue: number, spread: number, saturation: readonly [number, number] = [50, 90], lightness: readonly [number, number] = [35, 60]): Color =>
  color(hue + random.uniform(-spread, spread), random.uniform(...saturation), random.uniform(...lightness))
