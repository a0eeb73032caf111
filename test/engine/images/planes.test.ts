import { describe, expect, it } from 'vitest'
import { cornerShares, zoomIntoPlanes, zoomPlanes } from '#engine/images/planes.ts'
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
  it.each([[4, 9], [9, 4], [1, 5], [6, 1]])('is a matrix along each axis: %d to %d', async (from, to) => {
    const line = noise(1, 1, 1, from)
    const { rows, columns, data } = cornerShares(from, to)
    expect([rows, columns]).toEqual([to, from])
    const made = await zoomPlanes(line, 1, to)
    made.forEach((value, row) => expect(line.data.reduce((sum, each, column) => sum + data[row * from + column]! * each, 0)).toBeCloseTo(value, 6))
  })
})
