/**
 * Adam (Kingma and Ba 2015, algorithm 1) within 0..1, and the running mean of where it has been, which is what is shown: the noise of single steps cancels out
 * (Polyak and Juditsky 1992; exponential weights, their bias corrected).
 */
import type { PictureOptimiser } from './optimiser.ts'

const defaultRate = 0.02
const [beta1, beta2, epsilon, decay] = [0.9, 0.99, 1e-8, 0.99]

export class AveragedAdam implements PictureOptimiser {
  readonly #rate: number
  #first: Float32Array | undefined
  #second: Float32Array | undefined
  #mean: Float32Array | undefined
  /** Steps since the moments, and the mean, began. */
  #t = 0
  #averaged = 0

  constructor({ rate = defaultRate }: { readonly rate?: number | undefined }) {
    this.#rate = rate
  }

  step(x: Float32Array, gradient: Float32Array): void {
    const first = (this.#first ??= new Float32Array(x.length))
    const second = (this.#second ??= new Float32Array(x.length))
    const mean = (this.#mean ??= new Float32Array(x.length))
    this.#t++
    this.#averaged++
    const rate = this.#rate / (1 - beta1 ** this.#t)
    const correction = 1 / (1 - beta2 ** this.#t)
    // epsilon against gradients of any size: a loss over a million pixels has derivatives of 1e-6.
    const floor = epsilon * Math.sqrt(dotSelf(gradient) / gradient.length)
    for (let index = 0; index < x.length; index++) {
      const slope = gradient[index]!
      const m = (first[index] = beta1 * first[index]! + (1 - beta1) * slope)
      const v = (second[index] = beta2 * second[index]! + (1 - beta2) * slope * slope)
      const next = Math.min(1, Math.max(0, x[index]! - (rate * m) / (Math.sqrt(v * correction) + floor + Number.MIN_VALUE)))
      x[index] = next
      mean[index] = decay * mean[index]! + (1 - decay) * next
    }
  }

  picture(x: Float32Array): Float32Array {
    const scale = 1 / (1 - decay ** this.#averaged)
    return this.#mean ? this.#mean.map((value) => value * scale) : x
  }

  /** The mean of the past stays; the moments belong to a loss that is no more. */
  reset(): void {
    this.#first = undefined
    this.#second = undefined
    this.#t = 0
  }

  get state(): Readonly<Record<string, Float32Array>> {
    return {
      ...(this.#first && this.#second ? { first: this.#first, second: this.#second } : {}), ...(this.#mean ? { mean: this.#mean } : {}),
      counts: Float32Array.of(this.#t, this.#averaged),
    }
  }

  restore({ first, second, mean, counts }: Readonly<Record<string, Float32Array>>): void {
    this.#first = first
    this.#second = second
    this.#mean = mean
    this.#t = counts?.[0] ?? 0
    this.#averaged = counts?.[1] ?? 0
  }
}

function dotSelf(a: Float32Array): number {
  let sum = 0
  for (const value of a) sum += value * value
  return sum
}
