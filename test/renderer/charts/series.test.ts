import { describe, expect, it } from 'vitest'
import { alignSeries, linearTicks, logTicks, nearestIndex, rangeOf, smooth, thin } from '#renderer/charts/series.ts'

describe('curves', () => {
  it('stand over one axis, with gaps where a curve has no point or no number', () => {
    expect(alignSeries([{ xs: [1, 2, 3], ys: [10, NaN, 30] }, { xs: [2, 4], ys: [5, 6] }])).toEqual([[1, 2, 3, 4], [10, null, 30, null], [null, 5, null, 6]])
  })

  it('are thinned to means of equal groups, each at its last x, so that the end stays', () => {
    const xs = Array.from({ length: 10 }, (_, index) => index)
    expect(thin({ xs, ys: xs }, 5)).toEqual({ xs: [1, 3, 5, 7, 9], ys: [0.5, 2.5, 4.5, 6.5, 8.5] })
    expect(thin({ xs: [1, 2], ys: [3, 4] }, 5)).toEqual({ xs: [1, 2], ys: [3, 4] })
  })

  it('are smoothed without a pull towards zero, and pass over what is no number', () => {
    const { ys } = smooth({ xs: [1, 2, 3, 4], ys: [4, 4, NaN, 4] }, 10)
    expect(ys[0]).toBeCloseTo(4, 12)
    expect(ys[2]).toBeNaN()
    expect(ys[3]).toBeCloseTo(4, 12)
  })

  it('are read at the nearest point', () => {
    expect([-1, 0.9, 1.6, 9].map((x) => nearestIndex([0, 1, 2, 3], x))).toEqual([0, 1, 2, 3])
    expect(nearestIndex([], 1)).toBe(-1)
  })

  it('have ticks of 1, 2 and 5 on a logarithmic axis, fewer where they crowd', () => {
    expect(logTicks(0.08, 2.4, 6)).toEqual([0.1, 0.2, 0.5, 1, 2])
    expect(logTicks(1e-5, 0.1, 6)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1])
    expect(logTicks(1e-12, 1, 6).length).toBeLessThanOrEqual(6)
  })

  it('span what is finite, and above zero where the axis is logarithmic', () => {
    expect(rangeOf([{ xs: [1, 2, 3], ys: [0, Infinity, 10] }], false)).toEqual([-0.6, 10.6])
    expect(rangeOf([{ xs: [1, 2], ys: [0, 4] }], true)).toEqual([4 / 1.15, 4 * 1.15])
    expect(rangeOf([], true)).toEqual([0.1, 1])
  })

  it('ticks a linear axis at round numbers', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(linearTicks(-3.2, 12.7, 4)).toEqual([0, 5, 10])
    expect(linearTicks(188.2, 903.5, 6)).toEqual([200, 400, 600, 800])
    expect(linearTicks(2, 2, 5)).toEqual([2])
  })
})
