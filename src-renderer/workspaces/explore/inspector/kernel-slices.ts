/** Cutting kernels into pictures. */
import type { HeatMap } from '#renderer/ui/heat-canvas.ts'
import { squareGrid } from '#renderer/scenes/network-layout/wall-size.ts'

/** The `index`-th run of `size` values. */
export const sliceOf = (values: Float32Array, index: number, size: number): Float32Array => values.subarray(index * size, (index + 1) * size)

/** One cell a value, row by row; cells left over are NaN, which is drawn as nothing. */
export function pointwiseGrid(values: Float32Array): HeatMap {
  const { columns, rows } = squareGrid(values.length, 0.5)
  const cells = new Float32Array(columns * rows).fill(NaN)
  cells.set(values)
  return { values: cells, height: rows, width: columns }
}

/** RGBA pixels of a three-channel kernel: weight zero is middle grey, `extent` the ends. `values` is [3, H, W]. */
export function colorKernelPixels(values: Float32Array, height: number, width: number, extent: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(height * width * 4).fill(255)
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < height * width; i++) pixels[i * 4 + channel] = 127.5 + (127.5 * (values[channel * height * width + i] ?? 0)) / (extent || 1)
  }
  return pixels
}
