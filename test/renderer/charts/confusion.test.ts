import { describe, expect, it } from 'vitest'
import { balancedAccuracy, largestConfusions, majorityShare, sharesOf } from '#renderer/charts/confusion.ts'

const counts = [[8, 2, 0], [0, 0, 90], [0, 0, 0]]

describe('confusion', () => {
  it('is read in shares of what is true, none where a class has no examples', () => {
    expect(sharesOf(counts)).toEqual([[0.8, 0.2, 0], [0, 0, 1], [0, 0, 0]])
  })
  it('gives every class that has examples the same weight', () => {
    expect(balancedAccuracy(counts)).toBeCloseTo(0.4, 12)
  })
  it('knows what always one answer would score', () => {
    expect(majorityShare(counts)).toBe(0.9)
  })
  it('lists mistakes by how many there are', () => {
    expect(largestConfusions(counts, 5)).toEqual([{ actual: 1, predicted: 2, count: 90, share: 1 }, { actual: 0, predicted: 1, count: 2, share: 0.2 }])
    expect(largestConfusions(counts, 1)).toHaveLength(1)
  })
})
