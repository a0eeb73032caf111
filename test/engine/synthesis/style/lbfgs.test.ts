import { describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { AveragedAdam } from '#engine/synthesis/style/averaged-adam.ts'
import { Lbfgs } from '#engine/synthesis/style/lbfgs.ts'

const size = 9
/** f(x) = sum a_i (x_i - c_i)^2 / 2 + sum (x_i - x_(i+1))^4 / 4: convex, not a quadratic. */
const random = createRandom(2)
const curvatures = Array.from({ length: size }, () => random.uniform(0.5, 4))
const centers = Array.from({ length: size }, () => random.uniform(-1, 1))
const valueAt = (x: ArrayLike<number>): number => curvatures.reduce((sum, a, i) => sum + (a * (x[i]! - centers[i]!) ** 2) / 2 + (i + 1 < size ? (x[i]! - x[i + 1]!) ** 4 / 4 : 0), 0)
const gradientAt = (x: ArrayLike<number>): number[] => curvatures.map((a, i) => a * (x[i]! - centers[i]!) + (i + 1 < size ? (x[i]! - x[i + 1]!) ** 3 : 0) - (i > 0 ? (x[i - 1]! - x[i]!) ** 3 : 0))

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

/** The same steps with the inverse Hessian written out (Nocedal and Wright 2006, eq. 7.17), in float64. */
function denseSteps(start: readonly number[], steps: number, history: number, rate: number): number[][] {
  const path: number[][] = []
  const pairs: { s: number[]; y: number[] }[] = []
  let [x, g] = [[...start], gradientAt(start)]
  for (let step = 0; step < steps; step++) {
    const last = pairs.at(-1)
    const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1
    let h = x.map((_, i) => x.map((__, j) => (i === j ? scale : 0)))
    for (const { s, y } of pairs) {
      const rho = 1 / dot(s, y)
      const left = s.map((a, i) => y.map((b, j) => (i === j ? 1 : 0) - rho * a * b))
      const hr = h.map((row) => row.map((_, j) => row.reduce((sum, value, k) => sum + value * left[j]![k]!, 0)))
      h = left.map((row, i) => row.map((_, j) => row.reduce((sum, value, k) => sum + value * hr[k]![j]!, 0) + rho * s[i]! * s[j]!))
    }
    const length = step === 0 ? rate * Math.min(1, 1 / g.reduce((sum, value) => sum + Math.abs(value), 0)) : rate
    const s = h.map((row) => -length * dot(row, g))
    const next = x.map((value, i) => value + s[i]!)
    const after = gradientAt(next)
    pairs.push({ s, y: after.map((value, i) => value - g[i]!) })
    if (pairs.length > history) pairs.shift()
    ;[x, g] = [next, after]
    path.push(x)
  }
  return path
}

const start = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1.5 : -1.2))

describe('L-BFGS', () => {
  it.each([[10, 1], [3, 1], [3, 0.5]])('takes the steps of the inverse Hessian written out (history %i, rate %f)', (history, rate) => {
    const expected = denseSteps(start, 12, history, rate)
    const optimizer = new Lbfgs({ history, rate })
    const x = Float32Array.from(start)
    for (const there of expected) {
      optimizer.step(x, Float32Array.from(gradientAt(x)))
      expect(Math.max(...there.map((value, i) => Math.abs(value - x[i]!)))).toBeLessThan(2e-3)
    }
  })

  it('comes to the minimum, and goes on from its kept state as if it had not stopped', () => {
    const [whole, first] = [new Lbfgs({ history: 5 }), new Lbfgs({ history: 5 })]
    const [a, b] = [Float32Array.from(start), Float32Array.from(start)]
    for (let step = 0; step < 8; step++) {
      whole.step(a, Float32Array.from(gradientAt(a)))
      first.step(b, Float32Array.from(gradientAt(b)))
    }
    const resumed = new Lbfgs({ history: 5 })
    resumed.restore(Object.fromEntries(Object.entries(first.state).map(([name, data]) => [name, data.slice()])))
    for (let step = 0; step < 12; step++) {
      whole.step(a, Float32Array.from(gradientAt(a)))
      resumed.step(b, Float32Array.from(gradientAt(b)))
    }
    expect(b).toEqual(a)
    expect(Math.hypot(...gradientAt(a))).toBeLessThan(1e-3)
  })

  it('leaves out a pair whose curvature is not positive, and starts anew after a reset', () => {
    const optimizer = new Lbfgs({ history: 5 })
    const x = Float32Array.of(1, 1)
    optimizer.step(x, Float32Array.of(1, 1))
    optimizer.step(x, Float32Array.of(2, 2))
    expect(Object.keys(optimizer.state)).not.toContain('s0')
    optimizer.reset()
    expect(optimizer.state).toEqual({})
  })
})

describe('Adam with averaging', () => {
  it('shows the mean of where it was, corrected for its beginning, and keeps within 0..1', () => {
    const optimizer = new AveragedAdam({ rate: 0.1 })
    const x = Float32Array.of(0.5, 0.5, 0.02)
    const past: number[][] = []
    for (let step = 0; step < 5; step++) {
      optimizer.step(x, Float32Array.of(Math.sin(step), -1, 1))
      past.push([...x])
    }
    const weights = past.map((_, step) => 0.99 ** (4 - step))
    const expected = [0, 1, 2].map((i) => past.reduce((sum, at, step) => sum + weights[step]! * at[i]!, 0) / weights.reduce((sum, weight) => sum + weight, 0))
    optimizer.picture(x).forEach((value, i) => { expect(value).toBeCloseTo(expected[i]!, 5) })
    expect(x[2]).toBe(0)
  })

  it('lowers the loss', () => {
    const optimizer = new AveragedAdam({ rate: 0.05 })
    const x = new Float32Array(size).fill(0.5)
    const before = valueAt(x)
    for (let step = 0; step < 100; step++) optimizer.step(x, Float32Array.from(gradientAt(x)))
    expect(valueAt(x)).toBeLessThan(0.8 * before)
  })
})
