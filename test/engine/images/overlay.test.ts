import { interpolateInferno, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'
import { describe, expect, it } from 'vitest'
import { colorTables } from '#contract/color-maps.ts'
import { overlayHeatMap, paintHeatMap, scaleOf } from '#engine/images/overlay.ts'
import { pixelsOf } from '#engine/images/pixels.ts'

function rgbOf(color: string): number[] {
  return color.startsWith('#') ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) : (color.match(/\d+/g) ?? []).slice(0, 3).map(Number)
}

describe('colour maps', () => {
  it('are those of d3-scale-chromatic', () => {
    const maps = { viridis: interpolateViridis, inferno: interpolateInferno, diverging: (share: number) => interpolateRdBu(1 - share) }
    for (const [id, interpolate] of Object.entries(maps)) {
      const expected = Array.from({ length: 256 }, (_, entry) => rgbOf(interpolate(entry / 255))).flat()
      expect([...colorTables[id as keyof typeof maps]], id).toEqual(expected)
    }
  })
})

describe('heat maps', () => {
  it('center signed values on zero: blue below, red above, pale at zero', () => {
    const { data } = paintHeatMap({ width: 3, height: 1, values: Float32Array.of(-2, 0, 1), signed: true })
    const [negative, zero, positive] = [data.subarray(0, 3), data.subarray(3, 6), data.subarray(6, 9)]
    expect(negative[2]!).toBeGreaterThan(negative[0]!)
    expect(positive[0]!).toBeGreaterThan(positive[2]!)
    expect(Math.min(...zero)).toBeGreaterThan(230)
  })

  it('survive flat, empty-handed and not-a-number maps', () => {
    expect(scaleOf(new Float32Array(4))).toBe(0)
    const { data } = paintHeatMap({ width: 2, height: 1, values: Float32Array.of(NaN, 0), signed: false })
    expect([...data]).toEqual([...colorTables.inferno.subarray(0, 3), ...colorTables.inferno.subarray(0, 3)])
  })

  it('leave the picture where they say nothing, and at opacity zero', () => {
    const picture = pixelsOf(2, 1, Uint8Array.of(90, 90, 90, 90, 90, 90))
    const map = { width: 2, height: 1, values: Float32Array.of(0, 1), signed: false }
    expect([...overlayHeatMap(picture, map, 1).data.subarray(0, 3)]).toEqual([90, 90, 90])
    expect([...overlayHeatMap(picture, map, 1).data.subarray(3)]).toEqual([...colorTables.inferno.subarray(765)])
    expect([...overlayHeatMap(picture, map, 0).data]).toEqual([...picture.data])
  })
})
