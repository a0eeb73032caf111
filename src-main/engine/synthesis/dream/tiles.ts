/**
 * A large picture as overlapping tiles whose gradients are blended: every pixel's weights sum to one, and fall to zero before a tile's
 * border, where the network sees less of the surroundings. Tiles lie on one grid of the network's strides, so that neighbours agree; the
 * borders between them move from step to step, so that what differs averages out.
 */
import type { Random } from '../../lib/random.ts'
import type { Extent } from './octaves.ts'

export interface Tile {
  readonly top: number
  readonly left: number
  /** Of its rows and columns; their product is the weight of a pixel. */
  readonly rows: Float32Array
  readonly columns: Float32Array
}

export interface TilePlan {
  /** Of every tile. */
  readonly tile: Extent
  readonly place: (random: Random) => readonly Tile[]
}

/** Every usual network's strides divide it. */
export const strideGrid = 32
/** Share of a tile's side that it has in common with its neighbour. */
const overlapShare = 1 / 4
/** Share of an overlap at either end whose gradient is not used at all. */
const marginShare = 1 / 4

/** Of networks for smaller pictures. */
const fineGrid = 4

/** At most `pixels` at once, nearly square where the picture is. `fixed`: the only extent that the network takes. */
export function planTiles(picture: Extent, pixels: number, fixed?: Extent): TilePlan {
  const rows = planAxis(picture.height, fixed?.height ?? sideOf(picture.height, picture.width, pixels), fixed !== undefined)
  const columns = planAxis(picture.width, fixed?.width ?? sideOf(picture.width, picture.height, pixels), fixed !== undefined)
  return {
    tile: { height: rows.side, width: columns.side },
    place: (random) => {
      const [down, across] = [rows.place(random), columns.place(random)]
      return down.flatMap((row) => across.map((column): Tile => ({ top: row.start, left: column.start, rows: row.weights, columns: column.weights })))
    },
  }
}

function sideOf(length: number, other: number, pixels: number): number {
  if (length * other <= pixels) return length
  const square = Math.floor(Math.sqrt(pixels) / strideGrid) * strideGrid
  return Math.max(2 * strideGrid, length <= square ? length : Math.max(square, Math.floor(pixels / other / strideGrid) * strideGrid))
}

interface Span { readonly start: number; readonly weights: Float32Array }
interface Axis { readonly side: number; readonly place: (random: Random) => readonly Span[] }

function planAxis(length: number, longest: number, exact: boolean): Axis {
  if (length <= longest) return { side: length, place: () => [{ start: 0, weights: new Float32Array(length).fill(1) }] }
  const grid = longest < 4 * strideGrid ? fineGrid : strideGrid
  const roundUp = (value: number): number => Math.ceil(value / grid) * grid
  const overlap = roundUp(longest * overlapShare)
  const count = Math.ceil((length - overlap) / (longest - overlap))
  // As many tiles as are needed, each no larger than it has to be. The last may reach beyond the picture.
  const side = exact ? longest : Math.min(longest, roundUp((length + (count - 1) * overlap) / count))
  const last = exact ? length - side : roundUp(length - side)
  const play = Math.floor(overlap / 4 / grid)
  return {
    side,
    place(random) {
      const shift = grid * random.integer(-play, play)
      const starts = Array.from({ length: count }, (_, index) => (index === 0 ? 0 : index === count - 1 ? last : grid * Math.round((index * last) / (count - 1) / grid) + shift))
      return starts.map((start, index) => ({ start, weights: weightsOf(start, side, length, starts[index - 1], starts[index + 1]) }))
    },
  }
}

/** Rises over the overlap with the tile before, falls over that with the next; nothing beyond the picture. */
function weightsOf(start: number, side: number, length: number, before: number | undefined, after: number | undefined): Float32Array {
  const rise = (at: number, from: number, to: number): number => {
    const margin = (to - from) * marginShare
    return Math.min(1, Math.max(0, (at + 0.5 - from - margin) / (to - from - 2 * margin)))
  }
  return Float32Array.from({ length: side }, (_, index) => {
    const at = start + index
    if (at >= length) return 0
    const here = before === undefined ? 1 : rise(at, start, before + side)
    return after === undefined ? here : here * (1 - rise(at, after, start + side))
  })
}
