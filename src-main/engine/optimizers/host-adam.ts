import { beta1, beta2, epsilon } from './adam.ts'

/** Means of gradients and of their squares, behind so many steps. */
export interface HostAdamState { readonly first: Float32Array; readonly second: Float32Array; readonly steps: number }

/** Adam as adam.ts has it, step by step over numbers in this process's memory. */
export class HostAdam {
  readonly #rate: number
  readonly #first: Float32Array
  readonly #second: Float32Array
  #t: number

  /** Goes on from a state that `state` told. */
  constructor(length: number, rate: number, from?: HostAdamState) {
    this.#rate = rate
    this.#first = from?.first.slice() ?? new Float32Array(length)
    this.#second = from?.second.slice() ?? new Float32Array(length)
    this.#t = from?.steps ?? 0
  }

  /** As it is now. */
  get state(): HostAdamState {
    return { first: this.#first.slice(), second: this.#second.slice(), steps: this.#t }
  }

  /** Moves `x` against its gradient. */
  descend(x: Float32Array, gradient: Float32Array | Float64Array): void {
    this.#move(x, gradient, -this.#rate)
  }

  /** Moves `x` along its gradient. */
  ascend(x: Float32Array, gradient: Float32Array | Float64Array): void {
    this.#move(x, gradient, this.#rate)
  }

  #move(x: Float32Array, gradient: Float32Array | Float64Array, rate: number): void {
    this.#t++
    const [first, second] = [this.#first, this.#second]
    const [correction1, correction2] = [1 - beta1 ** this.#t, 1 - beta2 ** this.#t]
    for (let index = 0; index < x.length; index++) {
      const g = gradient[index]!
      const m = (first[index] = beta1 * first[index]! + (1 - beta1) * g)
      const v = (second[index] = beta2 * second[index]! + (1 - beta2) * g * g)
      x[index]! += (rate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon)
    }
  }
}
