import { describe, expect, it } from 'vitest'
import { gridPadding, layoutGrid, placeOf, positionAt, visibleRange } from '#renderer/workspaces/kernels/kernel-grid.ts'

const grid = layoutGrid({ width: 800, count: 1000, tile: { width: 7, height: 7 }, target: 80 })

describe('the grid of kernels', () => {
  it('enlarges kernels by whole pixels, so that weights stay crisp', () => {
    expect([grid.zoom, grid.tileWidth]).toEqual([11, 77])
    expect(layoutGrid({ width: 800, count: 3, tile: { width: 300, height: 300 }, target: 80 }).zoom).toBe(1)
  })
  it('finds a tile under every point of it, and none beside it', () => {
    for (const position of [0, 8, 9, 500, 999]) {
      const { x, y } = placeOf(grid, position)
      expect(positionAt(grid, x, y, 1000)).toBe(position)
      expect(positionAt(grid, x + 76, y + 76, 1000)).toBe(position)
      expect(positionAt(grid, x + 78, y, 1000)).toBeNull()
    }
    expect(positionAt(grid, 0, 0, 1000)).toBeNull()
  })
  it('has no tile after the last', () => {
    const { x, y } = placeOf(grid, 999)
    expect(positionAt(grid, x + grid.pitchX, y, 1000)).toBeNull()
  })
  it('shows few tiles of many, all of those in sight', () => {
    const height = 400
    const scrollTop = 3000
    const { first, last } = visibleRange(grid, scrollTop, height, 1000)
    expect(last - first).toBeLessThanOrEqual(grid.columns * (Math.ceil(height / grid.pitchY) + 1))
    for (let position = 0; position < 1000; position++) {
      const { y } = placeOf(grid, position)
      if (y + grid.tileHeight > scrollTop && y < scrollTop + height) expect(position >= first && position < last).toBe(true)
    }
  })
  it('is as tall as its rows', () => {
    expect(placeOf(grid, 999).y + grid.tileHeight + gridPadding).toBe(grid.contentHeight)
  })
  it('has one column in a narrow window', () => {
    expect(layoutGrid({ width: 10, count: 4, tile: { width: 7, height: 7 }, target: 80 })).toMatchObject({ columns: 1, rows: 4 })
  })
})
