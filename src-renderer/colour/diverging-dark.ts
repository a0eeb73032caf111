/** Signed values around a dark neutral: on the dark theme's walls zero must recede, not glare. Blue below zero, red above. */

type Rgb = readonly [red: number, green: number, blue: number]

/** From zero outwards; lightness rises evenly on both sides. */
const below: readonly Rgb[] = [[16, 18, 22], [22, 56, 92], [43, 118, 186], [112, 190, 245], [200, 232, 255]]
const above: readonly Rgb[] = [[16, 18, 22], [88, 30, 22], [196, 74, 42], [248, 148, 92], [255, 224, 190]]

/** The colour at 0 (most negative) to 1 (most positive). */
export function divergingDark(position: number): Rgb {
  const stops = position < 0.5 ? below : above
  const at = Math.abs(position - 0.5) * 2 * (stops.length - 1)
  const first = Math.min(stops.length - 2, Math.floor(at))
  const [from, to] = [stops[first] ?? [0, 0, 0], stops[first + 1] ?? [0, 0, 0]]
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * (at - first))
  return [mix(0), mix(1), mix(2)]
}
