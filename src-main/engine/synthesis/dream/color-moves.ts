/** A gradient turned towards the colors that natural pictures vary along (Olah et al. 2017, "decorrelated space"): brightness most, red against green least. */
import type { Planes } from '../../images/planes.ts'

/** Square root of ImageNet's color covariance, as Lucid has it. */
const root = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]] as const
const product = root.map((row) => root.map((other) => row[0] * other[0] + row[1] * other[1] + row[2] * other[2]))
const largest = Math.max(...product.flat())

/** g becomes ((1 - share) I + share C) g at every pixel, C the covariance with largest entry 1: a step in decorrelated space. In place; gray pictures stay. */
export function naturalizeColors({ dims, data }: Planes, share: number): void {
  if (share === 0 || dims[1] !== 3) return
  const plane = data.length / 3
  const matrix = product.map((row, at) => row.map((value, other) => (share * value) / largest + (at === other ? 1 - share : 0)))
  const result = [0, 0, 0]
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const row = matrix[channel]!
      result[channel] = row[0]! * data[pixel]! + row[1]! * data[plane + pixel]! + row[2]! * data[2 * plane + pixel]!
    }
    for (let channel = 0; channel < 3; channel++) data[channel * plane + pixel] = result[channel]!
  }
}
