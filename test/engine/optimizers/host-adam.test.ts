import { describe, expect, it } from 'vitest'
import { adamFeeds } from '#engine/optimizers/adam.ts'
import { HostAdam } from '#engine/optimizers/host-adam.ts'

describe('Adam in this process', () => {
  it('goes the rate at every step under a gradient that stays, whatever its size', () => {
    // Corrected moments of a constant g are g and g², so that each step is rate g / (|g| + e).
    const x = Float32Array.of(1, 2, 3)
    const adam = new HostAdam(x.length, 0.1)
    for (let step = 1; step <= 5; step++) {
      adam.descend(x, Float32Array.of(1000, -0.5, 0))
      ;[1 - 0.1 * step, 2 + 0.1 * step, 3].forEach((expected, index) => { expect(x[index]).toBeCloseTo(expected, 6) })
    }
  })

  it('climbs as it descends, and takes the steps of the form that graphs compute', () => {
    const gradients = [0.3, -1.2, 0.7, 0.1]
    const [down, up] = [Float32Array.of(0), Float32Array.of(0)]
    const [descending, ascending] = [new HostAdam(1, 0.01), new HostAdam(1, 0.01)]
    let [first, second, expected] = [0, 0, 0]
    gradients.forEach((gradient, index) => {
      descending.descend(down, Float64Array.of(gradient))
      ascending.ascend(up, Float64Array.of(gradient))
      const { step_scale: scale, softening } = adamFeeds(index + 1)
      first = 0.9 * first + gradient
      second = 0.999 * second + gradient * gradient
      expected += (0.01 * scale * first) / (Math.sqrt(second) + softening)
    })
    expect(up[0]).toBeCloseTo(expected, 6)
    expect(down[0]).toBeCloseTo(-expected, 6)
  })
})
