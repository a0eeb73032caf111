import { int, intOf } from '../../onnx/attributes.ts'
import { elementCount, tensorOfNumbers } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'

/** grid[n, p] = theta[n] b_p with b_p = (x, y, 1), or (x, y, z, 1): d theta[n] = sum over p of dy[n, p] b_p^T. Operator set 20. */
export default defineGradient({
  op: 'AffineGrid',
  gradient: [
    ({ emit, node, dy }) => {
      const [samples = 1, ...rest] = dy().dims
      const spatial = rest.slice(0, -1)
      const points = elementCount(spatial)
      const base = emit.constant(tensorOfNumbers(dy().dataType, [points, spatial.length + 1], basePoints(spatial, intOf(node, 'align_corners', 0) === 1)))
      return emit.matMul(emit.transpose(emit.reshape(dy(), [samples, points, spatial.length]), [0, 2, 1]), base)
    },
  ],
  samples: [
    { name: 'pictures', opset: 20, inputs: [{ dims: [2, 2, 3] }, { constant: [2, 3, 4, 5], dims: [4], dataType: 'int64' }] },
    { name: 'corners aligned', opset: 20, attributes: { align_corners: int(1) }, inputs: [{ dims: [1, 2, 3] }, { constant: [1, 1, 3, 2], dims: [4], dataType: 'int64' }] },
    { name: 'volumes', opset: 20, inputs: [{ dims: [2, 3, 4] }, { constant: [2, 1, 2, 3, 4], dims: [5], dataType: 'int64' }] },
  ],
})

/** Rows (x, y, 1) of every place of [H, W], row by row: from -1 to 1, at the centers of pixels unless corners are aligned. */
function basePoints(spatial: readonly number[], alignCorners: boolean): number[] {
  const along = (place: number, length: number): number => (alignCorners ? (length === 1 ? -1 : (2 * place) / (length - 1) - 1) : (2 * place + 1) / length - 1)
  let points: number[][] = [[]]
  // The first axis changes slowest and is named last.
  for (const length of spatial) points = points.flatMap((point) => Array.from({ length }, (_, place) => [along(place, length), ...point]))
  return points.flatMap((point) => [...point, 1])
}
