import { describe, expect, it } from 'vitest'
import type { Metrics } from '#contract/training.ts'
import { outcomeSummary } from '#engine/training/doctor/outcome-summary.ts'

const target = { kind: 'classes' as const, labels: ['cat', 'dog', 'owl'], counts: [50, 50, 1] }
const metrics = (loss: number, confusion: readonly (readonly number[])[]): Metrics => {
  const sums = confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
  return { loss, score: confusion.reduce((sum, row, label) => sum + row[label]!, 0) / sums.reduce((sum, count) => sum + count, 0), recall: confusion.map((row, label) => row[label]! / sums[label]!), confusion: confusion.map((row) => [...row]) }
}
const before = metrics(0.3, [[48, 2, 0], [2, 48, 0], [5, 5, 0]])

describe('the summary of a trial', () => {
  it('says what a rare class gained and what the others and the accuracy paid', () => {
    expect(outcomeSummary({ classIndex: 2 }, before, metrics(0.28, [[45, 2, 3], [2, 44, 4], [1, 1, 8]]), target))
      .toBe("Recall of 'owl' 0.0 % to 80 %; accuracy 87 % to 88 %; the other classes −7.0 points on average; loss 0.3 to 0.28. It helped.")
  })

  it('counts what it cost', () => {
    expect(outcomeSummary({ classIndex: 2 }, before, metrics(0.5, [[35, 2, 13], [2, 36, 12], [1, 1, 8]]), target)).toMatch(/It helped, and cost 15\.5 points of accuracy\.$/)
  })

  it('admits that nothing came of it, or worse', () => {
    expect(outcomeSummary({}, before, before, target)).toMatch(/It made no difference\.$/)
    expect(outcomeSummary({}, before, metrics(0.9, [[30, 20, 0], [20, 30, 0], [5, 5, 0]]), target)).toMatch(/It made things worse\.$/)
    expect(outcomeSummary({}, before, { ...before, loss: NaN }, target)).toMatch(/It did not help: the loss broke down\.$/)
  })

  it('does not call one way of guessing better than another', () => {
    const guess = (label: number, loss: number): Metrics => metrics(loss, [40, 50, 30].map((count) => [0, 1, 2].map((predicted) => (predicted === label ? count : 0))))
    expect(outcomeSummary({}, guess(2, 2.6), guess(1, 2.3), target)).toMatch(/It did not help: the network still does no better than guessing\.$/)
    expect(outcomeSummary({}, guess(2, 2.6), metrics(0.4, [[38, 1, 1], [2, 46, 2], [1, 1, 28]]), target)).toMatch(/It helped\.$/)
  })

  it('speaks of R² where answers are numbers, and of what is there where nothing was before', () => {
    const numbers = (loss: number, score: number): Metrics => ({ loss, score, recall: [], confusion: [] })
    expect(outcomeSummary({}, numbers(1.02, -0.02), numbers(0.02, 0.98), { kind: 'numbers', columns: ['power'] })).toBe('R² -0.02 to 0.98; loss 1.02 to 0.02. It helped.')
    expect(outcomeSummary({}, undefined, numbers(0.02, 0.98), { kind: 'numbers', columns: ['power'] })).toBe('R² 0.98; loss 0.02.')
  })
})
