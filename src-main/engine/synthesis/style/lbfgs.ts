/**
 * Limited-memory BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5; Liu and Nocedal 1989) as Gatys et al. and torch.optim.LBFGS without a line search use it:
 * one evaluation a step, the first of length 1 in the 1-norm, a pair of differences kept where its curvature is positive.
 */
import type { PictureOptimiser } from './optimiser.ts'

const defaultRate = 1
/** Of |s| |y|: below, rounding decides the sign. */
const leastCurvature = 1e-10

interface Pair { readonly s: Float32Array; readonly y: Float32Array; readonly inverse: number }

export class Lbfgs implements PictureOptimiser {
  readonly #rate: number
  readonly #history: number
  #pairs: Pair[] = []
  #scale = 1
  #direction: Float32Array | undefined
  #gradient: Float32Array | undefined

  constructor({ rate = defaultRate, history }: { readonly rate?: number | undefined; readonly history: number }) {
    this.#rate = rate
    this.#history = history
  }

  step(x: Float32Array, gradient: Float32Array): void {
    const first = this.#direction === undefined || this.#gradient === undefined
    if (this.#direction && this.#gradient) this.#learn(this.#direction, this.#gradient, gradient)
    const direction = this.#newton(gradient)
    const length = first ? this.#rate * Math.min(1, 1 / oneNorm(gradient)) : this.#rate
    for (let index = 0; index < x.length; index++) {
      const moved = direction[index]! * length
      direction[index] = moved
      x[index]! += moved
    }
    this.#direction = direction
    this.#gradient = gradient
  }

  picture(x: Float32Array): Float32Array {
    return x
  }

  reset(): void {
    this.#pairs = []
    this.#scale = 1
    this.#direction = undefined
    this.#gradient = undefined
  }

  get state(): Readonly<Record<string, Float32Array>> {
    if (!this.#direction || !this.#gradient) return {}
    return { direction: this.#direction, gradient: this.#gradient, ...Object.fromEntries(this.#pairs.flatMap(({ s, y }, index) => [[`s${index}`, s], [`y${index}`, y]])) }
  }

  restore(state: Readonly<Record<string, Float32Array>>): void {
    this.reset()
    const { direction, gradient } = state
    if (!direction || !gradient) return
    this.#direction = direction
    this.#gradient = gradient
    for (let index = 0; ; index++) {
      const [s, y] = [state[`s${index}`], state[`y${index}`]]
      if (!s || !y) break
      this.#pairs.push({ s, y, inverse: 1 / dot(s, y) })
      this.#scale = dot(s, y) / dot(y, y)
    }
  }

  /** s is the step taken, y = g - g_last, written over g_last. */
  #learn(s: Float32Array, last: Float32Array, gradient: Float32Array): void {
    const y = last
    for (let index = 0; index < y.length; index++) y[index] = gradient[index]! - y[index]!
    const curvature = dot(s, y)
    const size = dot(y, y)
    if (!(curvature > leastCurvature * Math.sqrt(size * dot(s, s)))) return
    if (this.#pairs.length >= this.#history) this.#pairs.shift()
    this.#pairs.push({ s, y, inverse: 1 / curvature })
    this.#scale = curvature / size
  }

  /** -H g: the two-loop recursion. */
  #newton(gradient: Float32Array): Float32Array {
    const q = new Float32Array(gradient.length)
    for (let index = 0; index < q.length; index++) q[index] = -gradient[index]!
    const alphas: number[] = []
    for (let at = this.#pairs.length - 1; at >= 0; at--) {
      const { s, y, inverse } = this.#pairs[at]!
      const alpha = dot(s, q) * inverse
      alphas[at] = alpha
      add(q, y, -alpha)
    }
    for (let index = 0; index < q.length; index++) q[index]! *= this.#scale
    this.#pairs.forEach(({ s, y, inverse }, at) => { add(q, s, alphas[at]! - dot(y, q) * inverse) })
    return q
  }
}

/** Four partial sums: the processor adds them side by side. */
function dot(a: Float32Array, b: Float32Array): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0
  const whole = a.length - (a.length % 4)
  for (let index = 0; index < whole; index += 4) {
    s0 += a[index]! * b[index]!
    s1 += a[index + 1]! * b[index + 1]!
    s2 += a[index + 2]! * b[index + 2]!
    s3 += a[index + 3]! * b[index + 3]!
  }
  for (let index = whole; index < a.length; index++) s0 += a[index]! * b[index]!
  return s0 + s1 + s2 + s3
}

function add(to: Float32Array, from: Float32Array, factor: number): void {
  for (let index = 0; index < to.length; index++) to[index]! += factor * from[index]!
}

function oneNorm(a: Float32Array): number {
  let sum = 0
  for (const value of a) sum += Math.abs(value)
  return sum
}
