/** Tiles of a picture that is made piece by piece: neighbours share a strip, over which one fades into the other. */
import type { Extent } from './backbone.ts'

/** Where every piece has faded out, they still count alike. */
const leastWeight = 1e-6

export interface Piece { readonly top: number; readonly left: number }

export interface PiecePlan { readonly piece: Extent; readonly pieces: readonly Piece[]; /** Strip that neighbours share at least, pixels. */ readonly overlap: number }

/** Pieces of `side` (or `fixed`) at multiples of `stride`; `margin` of each is not used where it has a neighbour. */
export function planPieces(picture: Extent, side: Extent, stride: number, margin: number): PiecePlan {
  const overlap = 2 * margin + 2 * stride
  const along = (length: number, size: number): readonly number[] => {
    if (length <= size) return [0]
    const advance = Math.max(stride, Math.floor((size - overlap) / stride) * stride)
    const count = Math.ceil((length - size) / advance) + 1
    return Array.from({ length: count }, (_, index) => Math.floor((index * (length - size)) / (count - 1) / stride) * stride)
  }
  const piece = { height: Math.min(side.height, picture.height), width: Math.min(side.width, picture.width) }
  return { piece, overlap, pieces: along(picture.height, piece.height).flatMap((top) => along(picture.width, piece.width).map((left) => ({ top, left }))) }
}

/** Weight of every position of a piece: 0 within `margin` of a border with a neighbour, rising to 1 over the rest of `overlap`. Normalised by the caller. */
export function fade(start: number, size: number, length: number, { margin, overlap }: { readonly margin: number; readonly overlap: number }): Float32Array {
  const ramp = Math.max(1, overlap - 2 * margin)
  return Float32Array.from({ length: size }, (_, index) => {
    const before = start === 0 ? 1 : (index + 0.5 - margin) / ramp
    const after = start + size >= length ? 1 : (size - index - 0.5 - margin) / ramp
    return Math.max(0, Math.min(1, before, after)) + leastWeight
  })
}
