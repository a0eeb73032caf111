import { expect, it } from 'vitest'
import { histogramOf } from '#renderer/charts/histogram-of.ts'

it('counts every finite value once, the largest in the last bin', () => {
  expect(histogramOf(Float32Array.of(0, 0.1, 1, NaN, 0.6), 2)).toEqual({ min: 0, max: 1, counts: [2, 2] })
})
it('puts values that are all the same into one bin', () => {
  expect(histogramOf(Float32Array.of(3, 3, 3), 4)).toEqual({ min: 3, max: 3, counts: [3, 0, 0, 0] })
})
