/** Where the tiles of a layer stand, for any number of them: pixels on the screen, from the top of the scrolled content. */
export interface GridGeometry {
  readonly columns: number
  readonly rows: number
  /** Screen pixels a kernel pixel takes: whole, so that weights stay crisp. */
  readonly zoom: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly pitchX: number
  readonly pitchY: number
  readonly contentHeight: number
}

export const gridGap = 8
export const gridPadding = 12

export function layoutGrid(options: { readonly width: number; readonly count: number; readonly tile: { readonly width: number; readonly height: number }; readonly target: number }): GridGeometry {
  const { width, count, tile, target } = options
  const zoom = Math.max(1, Math.round(target / Math.max(tile.width, tile.height)))
  const [tileWidth, tileHeight] = [tile.width * zoom, tile.height * zoom]
  const [pitchX, pitchY] = [tileWidth + gridGap, tileHeight + gridGap]
  const columns = Math.max(1, Math.floor((width - 2 * gridPadding + gridGap) / pitchX))
  const rows = Math.ceil(count / columns)
  return { columns, rows, zoom, tileWidth, tileHeight, pitchX, pitchY, contentHeight: rows * pitchY - gridGap + 2 * gridPadding }
}

/** Positions first to last (exclusive) that a window of the content shows. */
export function visibleRange(grid: GridGeometry, scrollTop: number, height: number, count: number): { readonly first: number; readonly last: number } {
  const firstRow = Math.max(0, Math.floor((scrollTop - gridPadding) / grid.pitchY))
  const lastRow = Math.ceil((scrollTop + height - gridPadding) / grid.pitchY)
  return { first: Math.min(count, firstRow * grid.columns), last: Math.max(0, Math.min(count, lastRow * grid.columns)) }
}

/** The position under a point of the content, or null between tiles. */
export function positionAt(grid: GridGeometry, x: number, y: number, count: number): number | null {
  const [column, row] = [Math.floor((x - gridPadding) / grid.pitchX), Math.floor((y - gridPadding) / grid.pitchY)]
  if (column < 0 || column >= grid.columns || row < 0) return null
  if (x - gridPadding - column * grid.pitchX >= grid.tileWidth || y - gridPadding - row * grid.pitchY >= grid.tileHeight) return null
  const position = row * grid.columns + column
  return position < count ? position : null
}

export function placeOf(grid: GridGeometry, position: number): { readonly x: number; readonly y: number } {
  return { x: gridPadding + (position % grid.columns) * grid.pitchX, y: gridPadding + Math.floor(position / grid.columns) * grid.pitchY }
}
