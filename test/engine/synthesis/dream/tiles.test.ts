import { describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { octaveExtents } from '#engine/synthesis/dream/octaves.ts'
import { planTiles, strideGrid } from '#engine/synthesis/dream/tiles.ts'

/** Weights of a picture's pixels, summed over its tiles. */
function coverage(height: number, width: number, pixels: number, seed: number, fixed?: { height: number; width: number }) {
  const { tile, place } = planTiles({ height, width }, pixels, fixed)
  const sums = new Float64Array(height * width)
  const tiles = place(createRandom(seed))
  let outside = 0
  for (const { top, left, rows, columns } of tiles) {
    expect([rows.length, columns.length]).toEqual([tile.height, tile.width])
    for (let row = 0; row < rows.length; row++) for (let column = 0; column < columns.length; column++) {
      const weight = rows[row]! * columns[column]!
      if (weight === 0) continue
      if (top + row >= height || left + column >= width || top < 0 || left < 0) outside++
      else sums[(top + row) * width + left + column]! += weight
    }
  }
  expect(outside).toBe(0)
  return { tile, tiles, error: sums.reduce((worst, sum) => Math.max(worst, Math.abs(sum - 1)), 0) }
}

describe('tiles of a picture', () => {
  it.each([[300, 420, 160 ** 2], [100, 2000, 128 ** 2], [513, 257, 256 ** 2], [90, 70, 256 ** 2], [640, 480, 192 ** 2]])('weigh every pixel of %i × %i once, wherever they are drawn', (height, width, pixels) => {
    for (const seed of [1, 2, 3]) {
      const { error, tile } = coverage(height, width, pixels, seed)
      expect(error).toBeLessThan(1e-5)
      expect(tile.height * tile.width).toBeLessThanOrEqual(Math.max(pixels, 64 * 64))
    }
  })
  it('lie on the grid of the strides, and move from step to step', () => {
    const starts = (seed: number): number[] => planTiles({ height: 700, width: 2000 }, 512 ** 2).place(createRandom(seed)).flatMap(({ top, left }) => [top, left])
    expect(starts(1).every((start) => start % strideGrid === 0)).toBe(true)
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => starts(seed).join())).size).toBeGreaterThan(1)
  })
  it('are of the one extent that a network takes', () => {
    const { error, tile } = coverage(500, 333, 1, 1, { height: 224, width: 224 })
    expect(tile).toEqual({ height: 224, width: 224 })
    expect(error).toBeLessThan(1e-5)
  })
})

describe('octaves', () => {
  it("are google/deepdream's for a picture of 1024 × 575", () => {
    expect(octaveExtents({ height: 575, width: 1024 }, 4, 1.4, () => true)).toEqual([{ height: 210, width: 373 }, { height: 294, width: 522 }, { height: 411, width: 731 }, { height: 575, width: 1024 }])
  })
  it('end where nothing can be seen, or the network does not fit', () => {
    expect(octaveExtents({ height: 12, width: 400 }, 6, 1.4, () => true).map(({ height }) => height)).toEqual([9, 12])
    expect(octaveExtents({ height: 400, width: 400 }, 6, 2, ({ height }) => height >= 150).map(({ height }) => height)).toEqual([200, 400])
    expect(octaveExtents({ height: 1, width: 1 }, 4, 1.4, () => true)).toEqual([{ height: 1, width: 1 }])
  })
})
