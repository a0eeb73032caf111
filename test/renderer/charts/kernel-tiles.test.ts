import { describe, expect, it } from 'vitest'
import { colorTable } from '#renderer/colour/tables.ts'
import { layoutTile, tilePixels, toBlock } from '#renderer/charts/kernel-tiles.ts'

const block = (dims: number[], values: number[]) => toBlock({ dims, data: Float32Array.from(values) })
const pixel = ({ data, width }: { data: Uint8ClampedArray; width: number }, x: number, y: number): number[] => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]
const entry = (index: number): number[] => [...colorTable('diverging').subarray(index * 4, index * 4 + 4)]

describe('kernels as pixels', () => {
  it('lays slices out as a square mosaic, with gaps between kernels and none between single weights', () => {
    expect(layoutTile(64, 3, 3)).toEqual({ columns: 8, rows: 8, gap: 1, width: 31, height: 31 })
    expect(layoutTile(64, 1, 1)).toEqual({ columns: 8, rows: 8, gap: 0, width: 8, height: 8 })
    expect(layoutTile(1, 7, 7)).toEqual({ columns: 1, rows: 1, gap: 0, width: 7, height: 7 })
    expect(layoutTile(3, 5, 5)).toMatchObject({ columns: 3, rows: 1 })
  })
  it('is as square in pixels for kernels that are not', () => {
    const { width, height } = layoutTile(64, 1, 7)
    expect(width / height).toBeGreaterThan(0.5)
    expect(width / height).toBeLessThan(2.5)
  })
  it('draws every weight of every slice on the layer’s scale', () => {
    const tile = tilePixels(block([1, 4, 1, 2], [1, -1, 0, 0.5, 0, 0, -0.5, 1]), 0, { kind: 'slices' }, 1)
    const { columns } = layoutTile(4, 1, 2)
    expect(columns).toBe(2)
    expect([pixel(tile, 0, 0), pixel(tile, 1, 0)]).toEqual([entry(255), entry(0)])
    expect(pixel(tile, 2, 0)).toEqual([0, 0, 0, 0])
    expect([pixel(tile, 3, 0), pixel(tile, 4, 0)]).toEqual([entry(128), entry(191)])
    expect([pixel(tile, 3, 2), pixel(tile, 4, 2)]).toEqual([entry(64), entry(255)])
  })
  it('draws the slice of one input of the output asked for', () => {
    const tile = tilePixels(block([2, 2, 1, 1], [0, 0, 0, -1]), 1, { kind: 'slice', input: 1 }, 1)
    expect([tile.width, tile.height, pixel(tile, 0, 0)]).toEqual([1, 1, entry(0)])
  })
  it('draws a first layer in color, gray at zero', () => {
    const tile = tilePixels(block([1, 3, 1, 2], [1, 0, 0, 0, -1, 0]), 0, { kind: 'color' }, 1)
    expect(pixel(tile, 0, 0)).toEqual([255, 128, 0, 255])
    expect(pixel(tile, 1, 0)).toEqual([128, 128, 128, 255])
  })
  it('reads kernels of one and of three axes', () => {
    expect(block([2, 3, 5], Array<number>(30).fill(0))).toMatchObject({ height: 1, width: 5 })
    expect(block([1, 1, 2, 3, 4], Array<number>(24).fill(0))).toMatchObject({ height: 6, width: 4 })
    expect(block([4, 7], Array<number>(28).fill(0))).toMatchObject({ inputs: 7, height: 1, width: 1 })
  })
  it('draws a layer of zeros as zero', () => {
    expect(pixel(tilePixels(block([1, 1, 1, 1], [0]), 0, { kind: 'slices' }, 0), 0, 0)).toEqual(entry(128))
  })
})
