/** Kernels as crisp tiles on one scale: colour for a first layer over RGB, the diverging map elsewhere. */
import { colorTables } from '#contract/color-maps.ts'
import { pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'

export interface KernelTiles {
  /** [outputs, inputs, height, width] */
  readonly dims: readonly [number, number, number, number]
  readonly data: Float32Array
  /** Full colour: the largest absolute weight. */
  readonly extent: number
  readonly color: boolean
}

/** Small kernels are enlarged to about this many pixels a side, without smoothing. */
const tileSide = 28
const gap = 2
const ground = 24

/** In colour: a grid of kernels. Otherwise a row for each output with a tile for each input. */
export function drawKernels({ dims: [outputs, inputs, height, width], data, extent, color }: KernelTiles): Pixels {
  const zoom = Math.max(1, Math.floor(tileSide / Math.max(height, width)))
  const columns = color ? Math.ceil(Math.sqrt(outputs)) : inputs
  const rows = color ? Math.ceil(outputs / columns) : outputs
  const [stepX, stepY] = [width * zoom + gap, height * zoom + gap]
  const sheetWidth = columns * stepX + gap
  const pixels = new Uint8Array(sheetWidth * (rows * stepY + gap) * 3).fill(ground)
  const scale = extent || 1
  const share = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, 0.5 + value / (2 * scale))))

  const tiles = color ? outputs : outputs * inputs
  for (let tile = 0; tile < tiles; tile++) {
    const left = gap + (tile % columns) * stepX
    const top = gap + Math.floor(tile / columns) * stepY
    for (let y = 0; y < height * zoom; y++) {
      for (let x = 0; x < width * zoom; x++) {
        const at = Math.floor(y / zoom) * width + Math.floor(x / zoom)
        const into = ((top + y) * sheetWidth + left + x) * 3
        if (color) for (let channel = 0; channel < 3; channel++) pixels[into + channel] = share(data[(tile * inputs + channel) * height * width + at] ?? 0)
        else pixels.set(colorTables.diverging.subarray(share(data[tile * height * width + at] ?? 0) * 3, share(data[tile * height * width + at] ?? 0) * 3 + 3), into)
      }
    }
  }
  return pixelsOf(sheetWidth, rows * stepY + gap, pixels)
}
