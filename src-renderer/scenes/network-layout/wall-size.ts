/** How large a layer is drawn, and how its maps are arranged. World units: the largest wall is about 12 high. */
import type { Layer } from '#contract/graph.ts'
import { patchGrid } from '#contract/patch-grid.ts'

export interface Extent { readonly width: number; readonly height: number }
export interface TileGrid { readonly columns: number; readonly rows: number }

/** Maps on a wall seen from afar: fewer and larger say more than all of them as noise. */
export const overviewTiles = 36
/** Cells of a vector on its wall. */
export const overviewCells = 4096

/** Maps drawn on the wall of a layer seen from afar: whole rows of a nearly square grid, for which a few of the least active are left out. */
export function overviewCount(layer: Layer): number {
  if (mapsOf(layer) === undefined) return Math.min(unitsOf(layer), overviewCells)
  if (isPicture(layer)) return unitsOf(layer)
  const { columns, rows } = overviewGrid(layer)
  return Math.min(unitsOf(layer), columns * rows)
}

export interface MapExtent { readonly channels: number; readonly height: number; readonly width: number }

/** The maps of a layer; the tokens of a picture's patches, with or without a class token, are maps of their features. */
export function mapsOf({ view }: Layer): MapExtent | undefined {
  if (view.type === 'maps') return view
  if (view.type !== 'tokens') return undefined
  const side = patchGrid(view.tokens)?.side
  return { channels: view.units, height: side ?? view.tokens, width: side ?? 1 }
}

/** Units a layer can show, whatever its kind. */
export function unitsOf(layer: Layer): number {
  switch (layer.view.type) {
    case 'maps': return layer.view.channels
    case 'vector': return layer.view.units
    case 'tokens': return layer.view.units
    case 'none': return 0
  }
}

/** A grid for `count` tiles, about as square as their own aspect (width by height) allows, with as few empty places as near-by shapes offer. */
export function squareGrid(count: number, aspect = 1): TileGrid {
  const ideal = Math.max(1, Math.min(count, Math.sqrt(count / aspect)))
  let best = Math.round(ideal)
  const waste = (columns: number) => Math.ceil(count / columns) * columns - count
  const cost = (columns: number) => waste(columns) / Math.max(1, count) + 0.24 * Math.abs(Math.log2(columns / ideal))
  for (let columns = Math.max(1, Math.floor(ideal * 0.7)); columns <= Math.min(count, Math.ceil(ideal * 1.42)); columns++) if (cost(columns) < cost(best)) best = columns
  return { columns: best, rows: Math.max(1, Math.ceil(count / best)) }
}

/** Whether a layer at an end of the net is a picture (gray or colour) and drawn as one. */
export const isPicture = ({ kind, view }: Layer): boolean => (kind === 'input' || kind === 'output') && view.type === 'maps' && (view.channels === 1 || view.channels === 3)

/** The grid of a wall seen from afar. Vectors stand as tall panels, one cell a unit. */
export function overviewGrid(layer: Layer): TileGrid {
  const units = unitsOf(layer)
  const maps = mapsOf(layer)
  if (isPicture(layer)) return { columns: 1, rows: 1 }
  if (maps !== undefined) {
    const shown = Math.min(units, overviewTiles)
    const aspect = maps.width / Math.max(1, maps.height)
    if (shown <= 12) return squareGrid(shown, aspect)
    const columns = Math.max(1, Math.min(shown, Math.round(Math.sqrt(shown / aspect))))
    return { columns, rows: Math.floor(shown / columns) }
  }
  const cells = Math.min(units, overviewCells)
  if (cells <= 16) return { columns: 1, rows: Math.max(1, cells) }
  return squareGrid(cells, 1 / 0.3)
}

const log2 = (value: number) => Math.log2(1 + Math.max(0, value))
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/**
 * Logarithmic in the extent of the maps and in their number: a 50-layer net stays legible at both ends.
 * Helpers between the layers that compute (joins, activations, norms) are drawn smaller.
 */
export function wallExtent(layer: Layer, folded: boolean): Extent {
  if (layer.view.type === 'none') return { width: 3, height: 2 }
  const grid = overviewGrid(layer)
  const maps = mapsOf(layer)
  if (maps === undefined) {
    const height = clamp(1.2 * log2(unitsOf(layer)), 3.5, 11)
    return { width: clamp((height * grid.columns) / grid.rows, 1, 4.5), height }
  }
  const minor = !folded && (layer.kind === 'join' || layer.kind === 'concat' || layer.kind === 'activation' || layer.kind === 'normalization')
  const extent = Math.sqrt(Math.max(1, maps.height * maps.width))
  const side = clamp(1.35 * Math.pow(log2(extent), 0.8) * Math.pow(Math.max(1, maps.channels), 0.1) * (minor ? 0.72 : 1), 3.2, 12)
  const picture = maps.width / Math.max(1, maps.height)
  const aspect = clamp(isPicture(layer) ? picture : (grid.columns * picture) / grid.rows, 0.4, 2.5)
  return { width: side * Math.sqrt(aspect), height: side / Math.sqrt(aspect) }
}

/** Depth of the slab behind a wall: the number of units, logarithmic, as network diagrams draw it. */
export const slabDepth = (layer: Layer): number => clamp(0.16 * log2(unitsOf(layer)), 0.2, 2)
