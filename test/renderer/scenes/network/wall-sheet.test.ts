import { describe, expect, it } from 'vitest'
import { packSheet, vectorSheet } from '#renderer/scenes/network/wall-sheet.ts'
import type { TileSheet } from '#renderer/scenes/network/wall-sheet.ts'
import { overviewCount, overviewGrid, squareGrid } from '#renderer/scenes/network-layout/wall-size.ts'
import { squeezeNet } from '../../../support/networks.ts'

/** Four 2×2 tiles in one row; tile t holds the bytes 10t+1 … 10t+4. */
const sheet: TileSheet = {
  columns: 4, tileWidth: 2, tileHeight: 2, units: [7, 3, 5, 1], total: 9, low: [0, 0, 0, 0], high: [1, 2, 4, 8], signed: false,
  pixels: Uint8Array.from([1, 2, 11, 12, 21, 22, 31, 32, 3, 4, 13, 14, 23, 24, 33, 34]),
}

describe('packing a sheet into a slot', () => {
  it('rearranges tiles into the grid of the wall', () => {
    const target = new Uint8Array(64)
    const content = packSheet(sheet, () => ({ columns: 2, rows: 2 }), 'map', 8, target)
    expect(content).toMatchObject({ tileWidth: 2, tileHeight: 2, tiles: 4, signed: false })
    const row = (y: number) => [...target.subarray(y * 8, y * 8 + 4)]
    // Each tile's largest byte becomes 255.
    const on = (largest: number, ...bytes: number[]) => bytes.map((byte) => Math.round((255 * byte) / largest))
    expect([row(0), row(1)]).toEqual([[...on(4, 1, 2), ...on(14, 11, 12)], [...on(4, 3, 4), ...on(14, 13, 14)]])
    expect([row(2), row(3)]).toEqual([[...on(24, 21, 22), ...on(34, 31, 32)], [...on(24, 23, 24), ...on(34, 33, 34)]])
  })

  it('puts all tiles on one scale for the layer without asking the engine again', () => {
    const target = new Uint8Array(64)
    const full = { ...sheet, pixels: new Uint8Array(16).fill(255) }
    packSheet(full, () => ({ columns: 2, rows: 2 }), 'layer', 8, target)
    // Byte 255 of a tile that ends at 1, 2, 4, 8 on a scale that ends at 8.
    expect([target[0], target[2], target[16], target[18]]).toEqual([32, 64, 128, 255])
  })

  it('thins tiles that are larger than the slot', () => {
    const target = new Uint8Array(4)
    const content = packSheet(sheet, () => ({ columns: 2, rows: 2 }), 'map', 2, target)
    expect(content).toMatchObject({ tileWidth: 1, tileHeight: 1 })
    expect([...target]).toEqual([1 / 4, 11 / 14, 21 / 24, 31 / 34].map((share) => Math.round(255 * share)))
  })
})

describe('the colours of a map', () => {
  const map = (pixels: number[], signed = false): TileSheet => ({ columns: 1, tileWidth: 20, tileHeight: 20, units: [0], total: 1, low: [signed ? -1 : 0], high: [1], signed, pixels: Uint8Array.from({ length: 400 }, (_, i) => pixels[i] ?? (signed ? 128 : 0)) })
  const packed = (sheetOf: TileSheet) => { const target = new Uint8Array(400); packSheet(sheetOf, () => ({ columns: 1, rows: 1 }), 'map', 20, target); return target }

  it('are not blacked out by one hot pixel', () => {
    const [hot, warm, cold] = packed(map([255, ...new Array<number>(80).fill(100)])).filter((_, i) => i === 0 || i === 1 || i === 399)
    expect([hot, warm, cold]).toEqual([255, 255, 0])
  })

  it('keep zero in the middle when signed', () => {
    const target = packed(map([...new Array<number>(50).fill(255), ...new Array<number>(50).fill(0)], true))
    expect([target[0], target[60]]).toEqual([255, 0])
    expect(Math.abs(target[399]! - 128)).toBeLessThanOrEqual(1)
  })

  it('of a map of zeros are those of zero', () => {
    expect(packed(map([])).every((byte) => byte === 0)).toBe(true)
  })

  it('of a vector are on one scale, to its largest value', () => {
    const target = new Uint8Array(16)
    packSheet(vectorSheet(Float32Array.from([0, 1, 2, 4]), 10), () => ({ columns: 2, rows: 2 }), 'map', 4, target)
    expect([target[0], target[1], target[4], target[5]]).toEqual([0, 64, 128, 255])
  })
})

describe('a vector as a sheet', () => {
  it('maps zero to byte 0 and the largest value to 255', () => {
    expect([...vectorSheet(Float32Array.from([0, 2, 4]), 10).pixels]).toEqual([0, 128, 255])
  })

  it('centers signed values on zero', () => {
    const signed = vectorSheet(Float32Array.from([-4, 0, 2]), 10)
    expect(signed.signed).toBe(true)
    expect([...signed.pixels]).toEqual([0, 128, 191])
    expect([signed.low[0], signed.high[0]]).toEqual([-4, 4])
  })

  it('does not let NaN or infinity decide the scale', () => {
    expect([...vectorSheet(Float32Array.from([1, NaN, Infinity]), 10).pixels.slice(0, 1)]).toEqual([255])
  })
})

describe('grids', () => {
  it.each([[1, 1], [8, 8], [12, 12], [16, 16], [36, 36], [20, 20]])('hold %i tiles without empty places', (count, places) => {
    const { columns, rows } = squareGrid(count)
    expect(columns * rows).toBe(places)
  })

  it.each([7, 13, 31, 61, 96, 1000])('for %i tiles are about square and hold them all', (count) => {
    const { columns, rows } = squareGrid(count)
    expect(columns * rows).toBeGreaterThanOrEqual(count)
    expect(columns * rows - count).toBeLessThan(columns)
    expect(Math.max(columns / rows, rows / columns)).toBeLessThan(2.6)
  })

  it('of walls seen from afar are full', () => {
    for (const layer of squeezeNet().layers) {
      const { columns, rows } = overviewGrid(layer)
      if (layer.view.type === 'maps' && layer.view.channels > 12) expect(columns * rows).toBe(overviewCount(layer))
    }
  })
})
