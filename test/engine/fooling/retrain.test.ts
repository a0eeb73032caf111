import { describe, expect, it } from 'vitest'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { foolingLabel, withFoolingClass } from '#engine/fooling/retrain.ts'

const data: Dataset = {
  name: 'two', format: 'test', count: 2, input: { kind: 'pictures', channels: 1, height: 2, width: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  target: { kind: 'classes', labels: ['a', 'b'], classOf: Int32Array.of(0, 1) }, parts: Uint8Array.of(0, 1), origin: (index) => `row ${index}`, skipped: [], warnings: [],
}

describe('the fooling class', () => {
  it('comes behind the data\'s own, a quarter of it held out', () => {
    const joined = withFoolingClass(data, Array.from({ length: 4 }, (_, index) => new Uint8Array(4).fill(100 + index)))
    expect(joined.count).toBe(6)
    expect(joined.target).toMatchObject({ labels: ['a', 'b', foolingLabel], classOf: Int32Array.of(0, 1, 2, 2, 2, 2) })
    expect(joined.input.kind === 'pictures' && Array.from(joined.input.pixels.slice(4, 12))).toEqual([5, 6, 7, 8, 100, 100, 100, 100])
    expect(Array.from(joined.parts!)).toEqual([0, 1, 0, 0, 0, 1])
    expect([joined.origin(1), joined.origin(2)]).toEqual(['row 1', 'fooling picture 0'])
  })

  it('is absent where nothing fools yet, and refused for numbers', () => {
    expect(withFoolingClass(data, [])).toBe(data)
    expect(() => withFoolingClass({ ...data, input: { kind: 'numbers', columns: ['x'], values: new Float32Array(2) } }, [])).toThrow(/no pictures of classes/)
  })
})
