import { describe, expect, it } from 'vitest'
import { colorTable } from '#renderer/colour/tables.ts'
import { heatPixels } from '#renderer/ui/heat-canvas.ts'

const map = (...values: number[]) => ({ values: Float32Array.from(values), height: 1, width: values.length })
const scale = { table: 'gray', low: 0, high: 2 } as const
const colors = (pixels: Uint8ClampedArray): number[][] => Array.from({ length: pixels.length / 4 }, (_, index) => [...pixels.subarray(index * 4, index * 4 + 4)])

describe('heatPixels', () => {
  it('draws the ends of the scale with the ends of the table, and beyond as the ends', () => {
    expect(colors(heatPixels(map(0, 2, -5, 9, 1), scale))).toEqual([[0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 255], [255, 255, 255, 255], [128, 128, 128, 255]])
  })
  it('leaves NaN transparent', () => {
    expect(colors(heatPixels(map(NaN), scale))).toEqual([[0, 0, 0, 0]])
  })
  it('covers by the square root of the magnitude over a picture, on both sides of zero', () => {
    const alphas = colors(heatPixels(map(-4, -1, 0, 1, 4), { table: 'diverging', low: -4, high: 4 }, { kind: 'by-magnitude', opacity: 0.8 })).map((color) => color[3])
    expect(alphas).toEqual([204, 102, 0, 102, 204])
  })
  it('shows zero of a signed map in the neutral middle of the table', () => {
    const [zero] = colors(heatPixels(map(0), { table: 'diverging', low: -1, high: 1 }))
    expect(zero).toEqual([...colorTable('diverging').subarray(128 * 4, 129 * 4)])
  })
})
