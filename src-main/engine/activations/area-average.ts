/** Shrinking maps by the mean over the area that each pixel covers: nothing bright is lost between samples. */
import type { LayerValues } from './layer-values.ts'

interface Span { readonly first: number; readonly weights: readonly number[] }

/** For each of `target` cells, which of `source` samples it covers and by how much; weights sum to one. */
function spans(source: number, target: number): Span[] {
  const scale = source / target
  return Array.from({ length: target }, (_, cell) => {
    const from = cell * scale, to = Math.min(source, from + scale)
    const first = Math.floor(from), last = Math.max(first + 1, Math.ceil(to - 1e-9))
    const weights = Array.from({ length: last - first }, (_, index) => (Math.min(to, first + index + 1) - Math.max(from, first + index)) / (to - from))
    return { first, weights }
  })
}

export interface Shrinker {
  readonly height: number
  readonly width: number
  /** One unit's map at that extent, into `target` (height * width). */
  shrink(unit: number, target: Float32Array): void
}

/** Maps of the layer with the longer side at most `side`; never enlarged. */
export function createShrinker(values: LayerValues, side: number): Shrinker {
  const scale = Math.min(1, side / Math.max(values.height, values.width))
  const height = Math.max(1, Math.round(values.height * scale)), width = Math.max(1, Math.round(values.width * scale))
  const rows = spans(values.height, height), columns = spans(values.width, width)
  const { data, start, unitStride, rowStride, columnStride } = values
  return {
    height,
    width,
    shrink(unit, target) {
      const origin = start + unit * unitStride
      let to = 0
      for (const row of rows) {
        for (const column of columns) {
          let sum = 0
          for (let y = 0; y < row.weights.length; y++) {
            const rowWeight = row.weights[y]!
            let at = origin + (row.first + y) * rowStride + column.first * columnStride
            for (let x = 0; x < column.weights.length; x++, at += columnStride) sum += rowWeight * column.weights[x]! * data[at]!
          }
          target[to++] = sum
        }
      }
    },
  }
}
