/**
 * Keeping the colors of the content (Gatys et al. 2016, arXiv:1606.05897): a style is given them before its statistics are taken, as the linear map that brings
 * mean and covariance of its pixels to those of the content's, A = Sc^(1/2) Ss^(-1/2) (section 5.1, "Image Analogies" form), or only its brightness counts
 * (section 5.2).
 */
import type { Picture } from './looker.ts'

/** Rounding of 8 bits, squared: a picture of one color has no covariance to divide by. */
const leastVariance = (1 / 255) ** 2

type Matrix = readonly (readonly number[])[]

/** The style with the content's mean color and color covariance. Pictures of 1 or 3 planes. */
export function withColors(style: Picture, content: Picture): Picture {
  const channels = style.data.length / (style.height * style.width)
  const [from, to] = [describe(style, channels), describe(content, channels)]
  const map = product(power(to.covariance, 0.5), power(from.covariance, -0.5))
  const plane = style.height * style.width
  const data = new Float32Array(style.data.length)
  for (let pixel = 0; pixel < plane; pixel++)
    for (let channel = 0; channel < channels; channel++) {
      let value = to.mean[channel]!
      for (let other = 0; other < channels; other++) value += map[channel]![other]! * (style.data[other * plane + pixel]! - from.mean[other]!)
      data[channel * plane + pixel] = Math.min(1, Math.max(0, value))
    }
  return { ...style, data }
}

/** ITU-R BT.601 luma in every plane. */
export function luminanceOf(picture: Picture): Picture {
  const plane = picture.height * picture.width
  if (picture.data.length !== 3 * plane) return picture
  const data = new Float32Array(picture.data.length)
  for (let pixel = 0; pixel < plane; pixel++) {
    const value = 0.299 * picture.data[pixel]! + 0.587 * picture.data[plane + pixel]! + 0.114 * picture.data[2 * plane + pixel]!
    for (let at = pixel; at < data.length; at += plane) data[at] = value
  }
  return { ...picture, data }
}

function describe({ data, height, width }: Picture, channels: number): { readonly mean: readonly number[]; readonly covariance: Matrix } {
  const plane = height * width
  const mean = Array.from({ length: channels }, (_, channel) => data.subarray(channel * plane, (channel + 1) * plane).reduce((sum, value) => sum + value, 0) / plane)
  const covariance = mean.map((a, row) => mean.map((b, column) => {
    let sum = 0
    for (let pixel = 0; pixel < plane; pixel++) sum += (data[row * plane + pixel]! - a) * (data[column * plane + pixel]! - b)
    return sum / plane + (row === column ? leastVariance : 0)
  }))
  return { mean, covariance }
}

const product = (a: Matrix, b: Matrix): Matrix => a.map((row) => b.map((_, column) => row.reduce((sum, value, at) => sum + value * b[at]![column]!, 0)))

/** Of a symmetric matrix, by its eigenvectors. */
function power(a: Matrix, exponent: number): Matrix {
  const { values, vectors } = eigen(a)
  return a.map((_, row) => a.map((__, column) => values.reduce((sum, value, at) => sum + Math.max(value, leastVariance / 100) ** exponent * vectors[row]![at]! * vectors[column]![at]!, 0)))
}

/** Jacobi's rotations (Golub and Van Loan 2013, section 8.5): a 3 by 3 matrix is diagonal to rounding after a few sweeps. */
function eigen(symmetric: Matrix): { readonly values: readonly number[]; readonly vectors: Matrix } {
  const a: number[][] = symmetric.map((row) => [...row])
  const vectors: number[][] = a.map((_, row) => a.map((__, column) => (row === column ? 1 : 0)))
  for (let sweep = 0; sweep < 12; sweep++)
    for (let p = 0; p < a.length; p++)
      for (let q = p + 1; q < a.length; q++) {
        if (Math.abs(a[p]![q]!) < 1e-18) continue
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1))
        const [c, s] = [1 / Math.hypot(t, 1), t / Math.hypot(t, 1)]
        for (const row of a) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!]
        const [rowP, rowQ] = [a[p]!, a[q]!]
        a[p] = rowP.map((value, at) => c * value - s * rowQ[at]!)
        a[q] = rowP.map((value, at) => s * value + c * rowQ[at]!)
        for (const row of vectors) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!]
      }
  return { values: a.map((row, at) => row[at]!), vectors }
}
