/** Makes all parts of a picture dream alike: where the network is most excited already, the gradient would otherwise take all of the step. */
import { zoomPlanes } from '../../images/planes.ts'
import type { Planes } from '../../images/planes.ts'

/** Cells along the shorter side in which the gradient's size is measured. */
const cellsAcross = 10
/** Of the mean: parts with less are not raised further, or flat ones would be filled with noise. */
const least = 0.02

/** Divides the gradient by its local size to the power `share`: 0 leaves it, 1 makes it equal everywhere. In place. */
export async function evenOut({ dims, data }: Planes, share: number): Promise<void> {
  if (share === 0) return
  const [, channels = 1, height = 1, width = 1] = dims
  const cell = Math.max(1, Math.min(height, width) / cellsAcross)
  const [rows, columns] = [Math.max(1, Math.round(height / cell)), Math.max(1, Math.round(width / cell))]
  const plane = height * width
  const sums = new Float32Array(rows * columns)
  const counts = new Float32Array(rows * columns)
  for (let row = 0; row < height; row++) {
    const cellRow = Math.min(rows - 1, Math.floor((row * rows) / height))
    for (let column = 0; column < width; column++) {
      const at = cellRow * columns + Math.min(columns - 1, Math.floor((column * columns) / width))
      for (let channel = 0; channel < channels; channel++) sums[at]! += Math.abs(data[channel * plane + row * width + column]!)
      counts[at]! += channels
    }
  }
  const sizes = sums.map((sum, at) => sum / Math.max(1, counts[at]!))
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  if (mean === 0) return
  const factors = await zoomPlanes({ dims: [1, 1, rows, columns], data: sizes.map((size) => Math.max(least, size / mean) ** -share) }, height, width)
  for (let index = 0; index < data.length; index++) data[index]! *= factors[index % plane]!
}
