import { describe, expect, it } from 'vitest'
import { blurPlanes, zoomIntoPlanes, zoomPlanes } from '#engine/images/planes.ts'
import { createRandom } from '#engine/lib/random.ts'

const noise = (...dims: number[]) => {
  const random = createRandom(3)
  return { dims, data: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => random.uniform()) }
}

describe('enlarging planes', () => {
  it('keeps the corners and is straight between neighbors', async () => {
    const made = await zoomPlanes({ dims: [1, 1, 2, 3], data: Float32Array.of(0, 1, 4, 2, 5, 6) }, 3, 5)
    expect([...made]).toEqual([0, 0.5, 1, 2.5, 4, 1, 2, 3, 4, 5, 2, 3.5, 5, 5.5, 6])
  })
  it('leaves a picture of that extent as it is, and takes single rows and pixels', async () => {
    const picture = noise(1, 3, 5, 7)
    expect(await zoomPlanes(picture, 5, 7)).toEqual(picture.data)
    expect([...(await zoomPlanes({ dims: [1, 1, 1, 1], data: Float32Array.of(0.25) }, 2, 2))]).toEqual([0.25, 0.25, 0.25, 0.25])
    expect([...(await zoomPlanes({ dims: [1, 1, 2, 1], data: Float32Array.of(0, 1) }, 3, 1))]).toEqual([0, 0.5, 1])
  })
  it('zooms into the middle, which stays where it is', async () => {
    const ramp = { dims: [1, 1, 1, 9], data: Float32Array.from({ length: 9 }, (_, index) => index) }
    const closer = await zoomIntoPlanes(ramp, 0.2)
    closer.forEach((value, index) => expect(value).toBeCloseTo(0.8 * index + 0.9, 5))
  })
})

describe('blurring planes', () => {
  it('is the Gaussian of that deviation, its borders repeated', async () => {
    const impulse = { dims: [1, 1, 21, 21], data: new Float32Array(441) }
    impulse.data[10 * 21 + 10] = 1
    await blurPlanes(impulse, 1.5)
    const expected = (row: number, column: number): number => Math.exp(-((row - 10) ** 2 + (column - 10) ** 2) / (2 * 1.5 ** 2))
    const total = Array.from({ length: 441 }, (_, at) => (Math.abs(Math.floor(at / 21) - 10) > 5 || Math.abs((at % 21) - 10) > 5 ? 0 : expected(Math.floor(at / 21), at % 21))).reduce((sum, value) => sum + value, 0)
    for (const [row, column] of [[10, 10], [8, 10], [10, 13], [7, 6]] as const) expect(impulse.data[row * 21 + column]).toBeCloseTo(expected(row, column) / total, 5)
    const flat = { dims: [1, 2, 6, 4], data: new Float32Array(48).fill(0.3) }
    await blurPlanes(flat, 2)
    flat.data.forEach((value) => expect(value).toBeCloseTo(0.3, 6))
  })
})
