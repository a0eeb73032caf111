/**
 * How far inside its region a position of a layer stands, by what it sees. A position of a deep layer sees far beyond its own pixels: beside a border it would be told
 * to look like one style by pixels of the other. Gatys et al. 2017 (arXiv:1611.07865, section 4) leave out every position whose receptive field crosses a border,
 * and with them a band along it that no style reaches. What a position makes of pixels falls off from the middle of its field like a Gaussian (Luo et al. 2016, arXiv:1701.04128):
 *   w = m max(0, 2 c / c* - 1),  c = G m  the region's share of what is seen,  c* the greatest c of the region nearby,
 * 0 at a straight border, 1 where nothing else is seen, and along the middle of regions that are thinner than the field.
 */
import type { Extent } from './backbone.ts'

export interface Plane extends Extent { readonly data: Float32Array }

/** Standard deviation of the Gaussian over the side of the field. */
const spread = 0.125

/** Weights m of a region to those of a layer whose positions see `field` pixels each way, in pixels of the plane. What lies beyond the plane is like its edge. */
export function insideOf(mask: Plane, field: number): Plane {
  const radius = Math.round(spread * field)
  if (radius < 1) return mask
  const share = [1, 2, 3].reduce((plane) => alongBoth(plane, (source, target, line) => { boxMean(source, target, line, radius) }), mask)
  const own: Plane = { ...share, data: share.data.map((value, at) => (mask.data[at]! > 0 ? value : 0)) }
  const greatest = alongBoth(own, (source, target, line) => { slidingMaximum(source, target, line, 2 * radius) })
  return { ...mask, data: mask.data.map((value, at) => (value > 0 ? value * Math.max(0, (2 * own.data[at]!) / greatest.data[at]! - 1) : 0)) }
}

interface Line { readonly from: number; readonly stride: number; readonly length: number }

function alongBoth({ height, width, data }: Plane, along: (source: Float32Array, target: Float32Array, line: Line) => void): Plane {
  const [between, result] = [new Float32Array(data.length), new Float32Array(data.length)]
  for (let row = 0; row < height; row++) along(data, between, { from: row * width, stride: 1, length: width })
  for (let column = 0; column < width; column++) along(between, result, { from: column, stride: width, length: height })
  return { height, width, data: result }
}

/** Three in a row are a Gaussian of about `radius` as its deviation, to 3 % (Wells 1986, doi:10.1109/TPAMI.1986.4767776). */
function boxMean(source: Float32Array, target: Float32Array, { from, stride, length }: Line, radius: number): void {
  const at = (index: number): number => source[from + Math.min(length - 1, Math.max(0, index)) * stride]!
  let sum = 0
  for (let index = -radius; index <= radius; index++) sum += at(index)
  for (let index = 0; index < length; index++) {
    target[from + index * stride] = sum / (2 * radius + 1)
    sum += at(index + radius + 1) - at(index - radius)
  }
}

/** Of a window's falling candidates for its greatest value, the first is it (Lemire 2006, arXiv:cs/0610046). */
function slidingMaximum(source: Float32Array, target: Float32Array, { from, stride, length }: Line, radius: number): void {
  const candidates = new Int32Array(length)
  let [first, end] = [0, 0]
  for (let index = 0, next = 0; index < length; index++) {
    for (; next <= Math.min(length - 1, index + radius); next++) {
      const value = source[from + next * stride]!
      while (end > first && source[from + candidates[end - 1]! * stride]! <= value) end--
      candidates[end++] = next
    }
    while (candidates[first]! < index - radius) first++
    target[from + index * stride] = source[from + candidates[first]! * stride]!
  }
}
