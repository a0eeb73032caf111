import { describe, expect, it } from 'vitest'
import { extentOf, robustPeak, scaleOf } from '#renderer/colour/scale.ts'
import { colorTable, cssColor, cssGradient } from '#renderer/colour/tables.ts'

describe('scaleOf', () => {
  it('centers signed values on zero', () => {
    expect(scaleOf(true, 3, 'viridis')).toEqual({ table: 'diverging', low: -3, high: 3 })
  })
  it('begins magnitudes at zero, in the color map asked for', () => {
    expect(scaleOf(false, 3, 'viridis')).toEqual({ table: 'viridis', low: 0, high: 3 })
  })
  it('has a width even when every value is zero, or the peak is not a number', () => {
    for (const peak of [0, NaN, Infinity]) expect(scaleOf(true, peak, 'inferno')).toMatchObject({ low: -1, high: 1 })
  })
})

describe('robustPeak', () => {
  it('does not let one hot value in a thousand set the scale', () => {
    const values = Float32Array.from({ length: 2000 }, (_, index) => (index === 7 ? 1000 : index % 2 === 0 ? 2 : -3))
    expect(robustPeak(values)).toBe(3)
  })
  it('is the hot value where everything else is zero', () => {
    const values = new Float32Array(5000)
    values[3] = -4
    expect(robustPeak(values)).toBe(4)
  })
  it('leaves out what is not finite', () => {
    expect(robustPeak(Float32Array.of(1, NaN, Infinity, -2))).toBe(2)
  })
})

it('the extent of values leaves out NaN and infinities on both sides', () => {
  expect(extentOf(Float32Array.of(NaN, -1, 4, Infinity))).toEqual({ low: -1, high: 4 })
  expect(extentOf(Float32Array.of(-Infinity, 2, 4))).toEqual({ low: 2, high: 4 })
  expect(extentOf(new Float32Array(0))).toEqual({ low: 0, high: 0 })
})

describe('color tables', () => {
  it('grow lighter from end to end for magnitudes', () => {
    for (const id of ['inferno', 'viridis', 'gray'] as const) {
      const table = colorTable(id)
      const luminance = (entry: number): number => 0.2126 * (table[entry * 4] ?? 0) + 0.7152 * (table[entry * 4 + 1] ?? 0) + 0.0722 * (table[entry * 4 + 2] ?? 0)
      for (let entry = 8; entry < 256; entry += 8) expect(luminance(entry)).toBeGreaterThan(luminance(entry - 8))
    }
  })
  it('are blue below zero, neutral at zero, red above', () => {
    const table = colorTable('diverging')
    expect(table[2]).toBeGreaterThan(table[0] ?? 255)
    expect(table[255 * 4]).toBeGreaterThan(table[255 * 4 + 2] ?? 255)
    const middle = [...table.subarray(128 * 4, 128 * 4 + 3)]
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(8)
  })
  it('give CSS the same colors as pixels, held within the ends', () => {
    expect(cssColor('gray', 0.5)).toBe('rgb(128 128 128)')
    expect(cssColor('gray', 7)).toBe('rgb(255 255 255)')
    expect(cssGradient('gray')).toMatch(/^linear-gradient\(to right, rgb\(0 0 0\), .*rgb\(255 255 255\)\)$/)
  })
})
