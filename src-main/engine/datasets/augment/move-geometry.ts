/** Boxes and keypoints follow the picture that they belong to. Both are shares of its extent. */
import type { NumberTarget } from '../dataset.ts'
import { forward } from './transform.ts'
import type { Affine, Extent } from './transform.ts'

/** Changes the row in place. A box becomes the upright box around its moved corners, inside the picture. */
export function moveGeometry(row: Float32Array, geometry: NonNullable<NumberTarget['geometry']>, inverse: Affine, source: Extent, result: Extent): void {
  const moved = (x: number, y: number): readonly [number, number] => {
    const [toX, toY] = forward(inverse, x * source.width - 0.5, y * source.height - 0.5)
    return [(toX + 0.5) / result.width, (toY + 0.5) / result.height]
  }
  if (geometry === 'keypoints') {
    for (let point = 0; point + 1 < row.length; point += 2) row.set(moved(row[point]!, row[point + 1]!), point)
    return
  }
  const [left = 0, top = 0, width = 0, height = 0] = row
  const corners = [moved(left, top), moved(left + width, top), moved(left, top + height), moved(left + width, top + height)]
  const inside = (value: number): number => Math.min(1, Math.max(0, value))
  const [xs, ys] = [corners.map(([x]) => inside(x)), corners.map(([, y]) => inside(y))]
  row.set([Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)])
}
