import { describe, expect, it } from 'vitest'
import { formatAgo, formatBytes, formatCount, formatMs, formatNumber, formatPercent, formatRemaining, formatShape } from '#renderer/ui/format.ts'

describe('numbers for people', () => {
  it.each([[0, '0'], [184.21, '184.2'], [1.4199, '1.42'], [0.0031, '0.0031'], [-0.0451, '−0.0451'], [12345.6, '12,346'], [1.26e-7, '1.3e−7'], [4.2e9, '4.2e+9'], [2, '2'], [NaN, 'NaN'], [-Infinity, '−∞']])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })
  it.each([[950, '950'], [234_000, '234 k'], [1_241_000, '1.24 M'], [352e6, '352 M'], [4.09e9, '4.09 G']])('counts %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })
  it.each([[512, '512 B'], [4_956_208, '5 MB'], [102_442_450, '102 MB'], [13_964_571, '14 MB'], [1_500, '1.5 kB']])('sizes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
  it.each([[4.21, '4.2 ms'], [118.4, '118 ms'], [1520, '1.5 s'], [25_400, '25 s']])('times %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text)
  })
  it.each([[200, '1 s left'], [14_200, '14 s left'], [112_000, '1 min 52 s left'], [7_260_000, '2 h 1 min left']])('says of %d ms: %s', (ms, text) => {
    expect(formatRemaining(ms)).toBe(text)
  })
  it('writes shares with a real minus', () => {
    expect([formatPercent(0.9977), formatPercent(-1, 0)]).toEqual(['99.77 %', '−100 %'])
  })
  it('leaves the batch axis out of a shape', () => {
    expect([formatShape([1, 64, 56, 56]), formatShape(['N', 3, null]), formatShape([])]).toEqual(['64 × 56 × 56', 'N × 3 × ?', 'scalar'])
  })
  it('tells how long ago', () => {
    const now = 1_700_000_000_000
    expect([20_000, 300_000, 7_200_000, 90_000_000, 200_000_000].map((before) => formatAgo(now - before, now))).toEqual(['just now', '5 min ago', '2 h ago', 'yesterday', '2 days ago'])
  })
})
