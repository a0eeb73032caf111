/** Facts of one layer's activations over a probe, which may come in parts: deep layers of many pictures are large. */
import type { Activation } from '../activation.ts'
import type { LayerFacts } from './observation.ts'

/** Ends of the range of the activations that saturate. */
const ranges: Partial<Record<Activation, readonly [number, number]>> = { sigmoid: [0, 1], tanh: [-1, 1] }
const nearEnd = 0.025
const rectifiers: ReadonlySet<Activation> = new Set(['relu', 'relu6'])

export class LayerTally {
  readonly #layer: string
  readonly #activation: Activation
  #examples = 0
  #units = 0
  #saturated = 0
  /** Over the examples, at each unit's places. */
  #sums = new Float64Array()
  #squares = new Float64Array()
  #alive = new Uint8Array()

  constructor(layer: string, activation: Activation) {
    this.#layer = layer
    this.#activation = activation
  }

  get examples(): number { return this.#examples }

  /** `data`: behind the activation, [examples, units, ...places]. */
  add(data: ArrayLike<number>, [examples = 0, units = 0, ...extent]: readonly number[]): this {
    const places = extent.reduce((product, size) => product * size, 1)
    if (this.#examples === 0) {
      this.#units = units
      this.#sums = new Float64Array(units * places)
      this.#squares = new Float64Array(units * places)
      this.#alive = new Uint8Array(units)
    }
    this.#examples += examples
    const range = ranges[this.#activation]
    const margin = range ? (range[1] - range[0]) * nearEnd : 0
    for (let example = 0, at = 0; example < examples; example++) {
      for (let unit = 0, spot = 0; unit < units; unit++) {
        for (let place = 0; place < places; place++, spot++, at++) {
          const value = data[at]!
          this.#sums[spot]! += value
          this.#squares[spot]! += value * value
          if (value !== 0) this.#alive[unit] = 1
          if (range && (value < range[0] + margin || value > range[1] - margin)) this.#saturated++
        }
      }
    }
    return this
  }

  facts(): LayerFacts {
    const [examples, units, sums, squares] = [this.#examples, this.#units, this.#sums, this.#squares]
    const spots = sums.length
    // Spread across examples, averaged over places and units.
    const spread = sums.reduce((total, sum, spot) => total + Math.sqrt(Math.max(0, squares[spot]! / examples - (sum / examples) ** 2)), 0)
    const dead = this.#alive.reduce((count, isAlive) => count + 1 - isAlive, 0)
    const count = Math.max(1, examples * spots)
    const mean = sums.reduce((total, sum) => total + sum, 0) / count
    const meanSquare = squares.reduce((total, sum) => total + sum, 0) / count
    return {
      layer: this.#layer, activation: this.#activation, units, dead: rectifiers.has(this.#activation) && units > 0 ? dead / units : 0, saturated: this.#saturated / count,
      mean, std: Math.sqrt(Math.max(0, meanSquare - mean * mean)), variation: spots > 0 ? spread / spots : 0,
    }
  }
}
