/** Facts of one layer's activations over a probe. */
import type { Activation } from '../activation.ts'
import type { LayerFacts } from './observation.ts'

/** Ends of the range of the activations that saturate. */
const ranges: Partial<Record<Activation, readonly [number, number]>> = { sigmoid: [0, 1], tanh: [-1, 1] }
const nearEnd = 0.025
const rectifiers: ReadonlySet<Activation> = new Set(['relu', 'relu6'])

/** `data`: behind the activation, [examples, units, ...places]. */
export function layerFactsOf(layer: string, activation: Activation, data: ArrayLike<number>, dims: readonly number[]): LayerFacts {
  const [examples = 0, units = 0, ...extent] = dims
  const places = extent.reduce((product, size) => product * size, 1)
  const range = ranges[activation]
  const margin = range ? (range[1] - range[0]) * nearEnd : 0
  let sum = 0
  let squares = 0
  let saturated = 0
  let dead = 0
  let variation = 0
  for (let unit = 0; unit < units; unit++) {
    let alive = false
    // Spread across examples, averaged over places.
    let spread = 0
    for (let place = 0; place < places; place++) {
      let placeSum = 0
      let placeSquares = 0
      for (let example = 0; example < examples; example++) {
        const value = data[(example * units + unit) * places + place]!
        placeSum += value
        placeSquares += value * value
        if (value !== 0) alive = true
        if (range && (value < range[0] + margin || value > range[1] - margin)) saturated++
      }
      sum += placeSum
      squares += placeSquares
      spread += Math.sqrt(Math.max(0, placeSquares / examples - (placeSum / examples) ** 2))
    }
    variation += spread / places
    if (!alive) dead++
  }
  const count = Math.max(1, examples * units * places)
  const mean = sum / count
  return {
    layer, activation, units, dead: rectifiers.has(activation) && units > 0 ? dead / units : 0, saturated: saturated / count,
    mean, std: Math.sqrt(Math.max(0, squares / count - mean * mean)), variation: units > 0 ? variation / units : 0,
  }
}
