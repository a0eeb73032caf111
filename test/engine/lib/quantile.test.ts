import { expect, it } from 'vitest'
import { median, quantile } from '#engine/lib/quantile.ts'

it('is linear between neighbors, as numpy', () => {
  expect(quantile([3, 1, 2, 10], 0.5)).toBe(2.5)
  expect(quantile([5], 0.5)).toBe(5)
  expect(quantile([0, 10], 0.25)).toBe(2.5)
  expect(median([4, 1, 9])).toBe(4)
})

it('keeps infinities, and knows nothing of no values', () => {
  expect(median([Infinity, 1, Infinity])).toBe(Infinity)
  expect(median([Infinity, Infinity])).toBe(Infinity)
  expect(median([])).toBeNaN()
})
