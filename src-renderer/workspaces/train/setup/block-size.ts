/** How large a layer is drawn: extents of nets span four orders of magnitude, so sizes go by logarithms. */

export interface BlockSize {
  /** Of the front face, pixels. */
  readonly width: number
  readonly height: number
  /** Of the slanted depth: channels. Zero for a column of units. */
  readonly depth: number
}

const [tallest, smallest] = [66, 7]

/** [channels, height, width] as a slab, [units] as a column. */
export function blockSize(dims: readonly number[]): BlockSize {
  const grow = (extent: number, unit: number): number => Math.min(tallest, Math.max(smallest, Math.log2(extent + 1) * unit))
  if (dims.length >= 2) {
    const [channels, height, width] = [dims[0] ?? 1, dims[1] ?? 1, dims[2] ?? 1]
    return { width: grow(width, 7) * 0.55, height: grow(height, 8.5), depth: Math.min(26, 3 + Math.log2(channels) * 3) }
  }
  return { width: 8, height: grow(dims[0] ?? 1, 6.6), depth: 0 }
}
