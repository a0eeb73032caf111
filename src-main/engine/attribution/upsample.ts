/** Bilinear enlargement of a map, corners not aligned (PyTorch's interpolate(mode='bilinear', align_corners=False)). */
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

export function upsampleBilinear({ dims: [height = 1, width = 1], data }: FloatTensor, toHeight: number, toWidth: number): FloatTensor {
  const rows = taps(height, toHeight)
  const columns = taps(width, toWidth)
  const out = new Float32Array(toHeight * toWidth)
  rows.forEach((row, y) => columns.forEach((column, x) => {
    const at = (r: number, c: number): number => data[r * width + c] ?? 0
    const above = at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share
    const below = at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share
    out[y * toWidth + x] = above * (1 - row.share) + below * row.share
  }))
  return floatTensor([toHeight, toWidth], out)
}

/** For each output position the two inputs it lies between, and how near to the second. */
function taps(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.max(0, ((index + 0.5) * from) / to - 0.5)
    const low = Math.min(from - 1, Math.floor(position))
    return { low, high: Math.min(from - 1, low + 1), share: position - low }
  })
}
