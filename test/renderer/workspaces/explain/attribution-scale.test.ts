import { describe, expect, it } from 'vitest'
import { scaleAttributions } from '#renderer/workspaces/explain/attribution-scale.ts'

const maps = [{ method: 'gradient', signed: false, peak: 2 }, { method: 'grad-cam', signed: false, peak: 5 }, { method: 'ig', signed: true, peak: 0.1 }]

describe('how maps share colors', () => {
  it('relative: each fills the table, and one legend a kind reads them all', () => {
    const { scaleByMethod, shared } = scaleAttributions(maps, 'relative', 'inferno')
    expect(scaleByMethod.get('gradient')).toEqual({ table: 'inferno', low: 0, high: 2 })
    expect(scaleByMethod.get('ig')).toEqual({ table: 'diverging', low: -0.1, high: 0.1 })
    expect(shared.map(({ scale }) => scale)).toEqual([{ table: 'inferno', low: 0, high: 1 }, { table: 'diverging', low: -1, high: 1 }])
  })
  it('by value: the same color is the same value, among maps of a kind', () => {
    const { scaleByMethod, shared } = scaleAttributions(maps, 'values', 'viridis')
    expect(scaleByMethod.get('gradient')).toEqual({ table: 'viridis', low: 0, high: 5 })
    expect(scaleByMethod.get('grad-cam')).toEqual(scaleByMethod.get('gradient'))
    expect(shared[1]?.scale).toEqual({ table: 'diverging', low: -0.1, high: 0.1 })
  })
  it('own: no shared legend', () => {
    expect(scaleAttributions(maps, 'own', 'inferno').shared).toEqual([])
  })
  it('has no legend where there is no map', () => {
    expect(scaleAttributions([], 'relative', 'inferno').shared).toEqual([])
  })
})
