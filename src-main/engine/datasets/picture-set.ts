/** Labelled pictures of one size, in memory: what training and evaluation read. */
export interface PictureSet {
  /** Extent of every picture, pixels (square). */
  readonly size: number
  readonly classes: number
  /** Interleaved RGB, 8-bit: [count, size, size, 3]. */
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}
