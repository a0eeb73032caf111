import { describe, expect, it } from 'vitest'
import { fitCards } from '#renderer/workspaces/explain/fit-cards.ts'

const frame = { width: 18, height: 84, gap: 12 }
const fit = (change: Partial<Parameters<typeof fitCards>[0]>) => fitCards({ width: 1000, height: 700, cells: 6, ratio: 1, frame, smallest: 190, ...change })
const heightOf = ({ columns, cardWidth }: { columns: number; cardWidth: number }, cells: number, ratio = 1): number => {
  const rows = Math.ceil(cells / columns)
  return rows * ((cardWidth - frame.width) / ratio + frame.height) + (rows - 1) * frame.gap
}

describe('fitCards', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows %d pictures at once in a usual window', (cells) => {
    const result = fit({ cells })
    expect(result.columns * result.cardWidth + (result.columns - 1) * frame.gap).toBeLessThanOrEqual(1000)
    expect(heightOf(result, cells)).toBeLessThanOrEqual(700)
  })
  it('makes them as large as it can: one picture fills the height', () => {
    expect(fit({ cells: 1 })).toEqual({ columns: 1, cardWidth: 700 - 84 + 18 })
  })
  it('scrolls rather than showing stamps', () => {
    const result = fit({ cells: 40 })
    expect(result.cardWidth - frame.width).toBeGreaterThanOrEqual(190)
    expect(heightOf(result, 40)).toBeGreaterThan(700)
  })
  it('knows wide pictures', () => {
    expect(heightOf(fit({ cells: 4, ratio: 2 }), 4, 2)).toBeLessThanOrEqual(700)
  })
  it('gives one column before the window has an extent', () => {
    expect(fit({ width: 0, height: 0 }).columns).toBe(1)
  })
})
