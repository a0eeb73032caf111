import { placeOf } from './kernel-grid.ts'
import type { GridGeometry } from './kernel-grid.ts'

export type TileFrame = 'selected' | 'focused' | 'hovered'

export interface TileDrawing {
  /** The window onto the grid, CSS pixels. */
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  readonly grid: GridGeometry
  readonly range: { readonly first: number; readonly last: number }
  /** Null while it is on its way. */
  readonly pictureOf: (position: number) => OffscreenCanvas | null
  readonly frameOf: (position: number) => TileFrame | null
}

const frameColors: Readonly<Record<TileFrame, string>> = { selected: '--accent', focused: '--accent', hovered: '--ink-2' }

/** Draws the visible tiles, each weight a crisp square. */
export function drawTiles(canvas: HTMLCanvasElement, { width, height, scrollTop, grid, range, pictureOf, frameOf }: TileDrawing): void {
  const context = canvas.getContext('2d')
  if (context === null || width === 0 || height === 0) return
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  context.imageSmoothingEnabled = false
  const style = getComputedStyle(document.documentElement)
  for (let position = range.first; position < range.last; position++) {
    const { x, y } = placeOf(grid, position)
    const top = y - scrollTop
    const picture = pictureOf(position)
    if (picture === null) {
      context.fillStyle = style.getPropertyValue('--panel')
      context.fillRect(x, top, grid.tileWidth, grid.tileHeight)
    } else {
      context.drawImage(picture, x, top, grid.tileWidth, grid.tileHeight)
    }
    const frame = frameOf(position)
    if (frame === null) continue
    context.strokeStyle = style.getPropertyValue(frameColors[frame])
    context.lineWidth = frame === 'selected' ? 2 : 1.5
    context.strokeRect(x - 2.5, top - 2.5, grid.tileWidth + 5, grid.tileHeight + 5)
  }
}
