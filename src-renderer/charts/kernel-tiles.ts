/** Kernels as pixels: one weight a pixel, the slices of one output channel laid out as a mosaic. */
import { colorTable, tableSize } from '#renderer/colour/tables.ts'
import type { Floats } from '#renderer/api/tensors.ts'

/** Weights of some output channels, [outputs, inputs, height, width]. */
export interface KernelBlock {
  readonly values: Float32Array
  readonly outputs: number
  readonly inputs: number
  readonly height: number
  readonly width: number
}

/** Kernels of one spatial axis are drawn as rows; a third axis is drawn below the second. */
export function toBlock({ dims, data }: Floats): KernelBlock {
  const [outputs = 0, inputs = 1, ...space] = dims
  const width = space.at(-1) ?? 1
  return { values: data, outputs, inputs, width, height: space.slice(0, -1).reduce((product, extent) => product * extent, 1) }
}

export interface TileLayout {
  readonly columns: number
  readonly rows: number
  /** Between slices, kernel pixels; none between single weights. */
  readonly gap: number
  /** Extent of the whole tile, kernel pixels. */
  readonly width: number
  readonly height: number
}

/** A mosaic as square as its slices allow; up to three stand in a row. `slices` 1 for color kernels and for a single input. */
export function layoutTile(slices: number, height: number, width: number): TileLayout {
  const columns = slices <= 3 ? slices : Math.max(1, Math.min(slices, Math.ceil(Math.sqrt((slices * height) / width))))
  const rows = Math.ceil(slices / columns)
  const gap = slices > 1 && height * width > 1 ? 1 : 0
  return { columns, rows, gap, width: columns * (width + gap) - gap, height: rows * (height + gap) - gap }
}

/** Which slices of an output channel are shown. */
export type TileContent =
  | { readonly kind: 'color' }
  | { readonly kind: 'slices' }
  | { readonly kind: 'slice'; readonly input: number }

/** The largest absolute weight of one output channel. */
export function extentOfOutput(block: KernelBlock, output: number): number {
  const size = block.inputs * block.height * block.width
  return block.values.subarray(output * size, (output + 1) * size).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

export const slicesOf = (content: TileContent, inputs: number): number => (content.kind === 'slices' ? inputs : 1)

export interface TilePixels {
  /** RGBA, row-major; the gaps between slices are transparent. */
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
}

export const toImageData = ({ data, width, height }: TilePixels): ImageData => new ImageData(data, width, height)

/** One output channel's tile. `extent` is the weight at the ends of the scale. */
export function tilePixels(block: KernelBlock, output: number, content: TileContent, extent: number): TilePixels {
  const layout = layoutTile(slicesOf(content, block.inputs), block.height, block.width)
  const data = new Uint8ClampedArray(layout.width * layout.height * 4)
  const area = block.height * block.width
  const base = output * block.inputs * area
  const reach = extent > 0 ? extent : 1

  if (content.kind === 'color') {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < 3; channel++) data[pixel * 4 + channel] = 127.5 + 127.5 * ((block.values[base + channel * area + pixel] ?? 0) / reach)
      data[pixel * 4 + 3] = 255
    }
    return { data, width: layout.width, height: layout.height }
  }

  const table = colorTable('diverging')
  const first = content.kind === 'slice' ? content.input : 0
  const count = slicesOf(content, block.inputs)
  for (let slice = 0; slice < count; slice++) {
    const [left, top] = [(slice % layout.columns) * (block.width + layout.gap), Math.floor(slice / layout.columns) * (block.height + layout.gap)]
    for (let pixel = 0; pixel < area; pixel++) {
      const value = block.values[base + (first + slice) * area + pixel] ?? 0
      const entry = Math.max(0, Math.min(tableSize - 1, Math.round((value / reach + 1) * 0.5 * (tableSize - 1)))) * 4
      const at = ((top + Math.floor(pixel / block.width)) * layout.width + left + (pixel % block.width)) * 4
      data.set(table.subarray(entry, entry + 4), at)
    }
  }
  return { data, width: layout.width, height: layout.height }
}
