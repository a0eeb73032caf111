/** Digits as a pen writes them: leaning, stretched, wavering, thick or thin; white on black, as MNIST's. */
import type { Random } from '../../lib/random.ts'
import { forms } from './strokes.ts'
import type { Point } from './strokes.ts'

export interface Canvas { readonly pixels: Uint8Array; /** First byte of the picture. */ readonly from: number; readonly width: number; readonly height: number }

/** Draws in the square of `side` pixels whose left border is at `left`. Every call takes the same number of random numbers. */
export function drawDigit(canvas: Canvas, digit: number, left: number, side: number, random: Random): void {
  const form = random.pick(forms[digit]!)
  const place = placing(random, left, side)
  const radius = side * random.uniform(0.025, 0.06)
  const ink = random.uniform(200, 255)
  for (const stroke of form) {
    const points = stroke.map(place)
    for (let index = 1; index < points.length; index++) drawSegment(canvas, points[index - 1]!, points[index]!, radius, ink)
  }
}

/** Lean, shear, extent, position and a slow wave, about the middle of the box. */
function placing(random: Random, left: number, side: number): (point: Point) => Point {
  const angle = (random.uniform(-14, 14) * Math.PI) / 180
  const shear = random.uniform(-0.28, 0.2)
  const [scaleX, scaleY] = [random.uniform(0.6, 0.95), random.uniform(0.68, 0.92)]
  const [dx, dy] = [random.uniform(-0.07, 0.07), random.uniform(-0.06, 0.06)]
  const [waveX, waveY] = [random.uniform(0, 2 * Math.PI), random.uniform(0, 2 * Math.PI)]
  const amplitude = random.uniform(0, 0.035)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return ([x, y]) => {
    const u = (x - 0.5 + amplitude * Math.sin(7 * y + waveX)) * scaleX - shear * (y - 0.5)
    const v = (y - 0.5 + amplitude * Math.sin(7 * x + waveY)) * scaleY
    return [left + (0.5 + dx + cos * u - sin * v) * side, (0.5 + dy + sin * u + cos * v) * side]
  }
}

/** A round pen: coverage falls from one to zero over one pixel about the stroke's border. */
function drawSegment({ pixels, from, width, height }: Canvas, [x0, y0]: Point, [x1, y1]: Point, radius: number, ink: number): void {
  const [spanX, spanY] = [x1 - x0, y1 - y0]
  const squared = spanX * spanX + spanY * spanY
  const reach = radius + 1
  const first = (value: number): number => Math.max(0, Math.floor(value - reach))
  const [lastX, lastY] = [Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach)), Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach))]
  for (let y = first(Math.min(y0, y1)); y <= lastY; y++) {
    for (let x = first(Math.min(x0, x1)); x <= lastX; x++) {
      const [toX, toY] = [x + 0.5 - x0, y + 0.5 - y0]
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (toX * spanX + toY * spanY) / squared))
      const distance = Math.hypot(toX - along * spanX, toY - along * spanY)
      const coverage = Math.min(1, Math.max(0, radius + 0.5 - distance))
      const at = from + y * width + x
      const value = Math.round(coverage * ink)
      if (value > pixels[at]!) pixels[at] = value
    }
  }
}
