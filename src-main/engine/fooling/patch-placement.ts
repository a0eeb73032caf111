/** A square patch stuck on a picture at some place, size and turn, and the way back for gradients: both read the same bilinear weights. */
import type { Random } from '../lib/random.ts'
import type { Extent } from './probe.ts'

export interface Place {
  /** Middle of the patch, pixels. */
  readonly row: number
  readonly column: number
  /** Picture pixels per patch pixel. */
  readonly scale: number
  /** Radians. */
  readonly turn: number
}

/** Sizes from 60 to 100 % of the patch's own, wholly within the picture where it fits. */
const leastScale = 0.6

export function randomPlace(random: Random, { height, width }: Extent, side: number, turnDegrees: number): Place {
  const scale = random.uniform(leastScale, 1)
  const turn = (random.uniform(-turnDegrees, turnDegrees) * Math.PI) / 180
  const reach = (scale * side * (Math.abs(Math.cos(turn)) + Math.abs(Math.sin(turn)))) / 2
  const within = (extent: number): number => (2 * reach >= extent ? extent / 2 : random.uniform(reach, extent - reach))
  return { row: within(height), column: within(width), scale, turn }
}

/** Calls `visit` for every picture pixel under the patch with the four patch pixels it is read from. */
function eachUnder({ height, width }: Extent, side: number, { row, column, scale, turn }: Place, visit: (pixel: number, corners: readonly [number, number, number, number], weights: readonly [number, number, number, number]) => void): void {
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale]
  const reach = Math.ceil(scale * side * 0.7072) + 1
  for (let y = Math.max(0, Math.floor(row - reach)); y < Math.min(height, Math.ceil(row + reach)); y++) {
    for (let x = Math.max(0, Math.floor(column - reach)); x < Math.min(width, Math.ceil(column + reach)); x++) {
      const [dy, dx] = [y + 0.5 - row, x + 0.5 - column]
      const v = cos * dy - sin * dx + side / 2 - 0.5
      const u = sin * dy + cos * dx + side / 2 - 0.5
      if (v < -0.5 || u < -0.5 || v > side - 0.5 || u > side - 0.5) continue
      const [v0, u0] = [Math.floor(v), Math.floor(u)]
      const [b, a] = [v - v0, u - u0]
      const [top, bottom] = [Math.max(0, v0), Math.min(side - 1, v0 + 1)]
      const [left, right] = [Math.max(0, u0), Math.min(side - 1, u0 + 1)]
      visit(y * width + x, [top * side + left, top * side + right, bottom * side + left, bottom * side + right], [(1 - b) * (1 - a), (1 - b) * a, b * (1 - a), b * a])
    }
  }
}

/** The picture [C, H, W] with the patch [C, side, side] on it. */
export function pastePatch(picture: Float32Array, patch: Float32Array, extent: Extent, side: number, place: Place): Float32Array {
  const pasted = picture.slice()
  const plane = extent.height * extent.width
  eachUnder(extent, side, place, (pixel, corners, weights) => {
    for (let channel = 0; channel < extent.channels; channel++) pasted[channel * plane + pixel] = corners.reduce((sum, corner, index) => sum + weights[index]! * patch[channel * side * side + corner]!, 0)
  })
  return pasted
}

/** d s / d patch from d s / d picture: the transpose of pasting. */
export function patchGradient(gradient: Float32Array, extent: Extent, side: number, place: Place): Float32Array {
  const result = new Float32Array(extent.channels * side * side)
  const plane = extent.height * extent.width
  eachUnder(extent, side, place, (pixel, corners, weights) => {
    for (let channel = 0; channel < extent.channels; channel++) {
      corners.forEach((corner, index) => { result[channel * side * side + corner] = result[channel * side * side + corner]! + weights[index]! * gradient[channel * plane + pixel]! })
    }
  })
  return result
}
