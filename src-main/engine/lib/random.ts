/** Seeded random numbers: the same seed gives the same numbers on every machine (pure-rand's Mersenne Twister). */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'

export interface Random {
  /** Uniform in [low, high), [0, 1) unless said. */
  readonly uniform: (low?: number, high?: number) => number
  /** Uniform integer, both ends included. */
  readonly integer: (low: number, high: number) => number
  /** Standard normal, scaled (Box and Muller 1958). */
  readonly normal: (mean?: number, deviation?: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
  /** A fresh array in random order (Fisher and Yates). */
  readonly shuffle: <T>(items: readonly T[]) => T[]
}

export function createRandom(seed: number): Random {
  const generator = mersenne(seed | 0)
  const uniform = (low = 0, high = 1): number => low + (high - low) * uniformFloat64(generator)
  const integer = (low: number, high: number): number => uniformInt(generator, low, high)
  let spare: number | undefined
  return {
    uniform,
    integer,
    normal(mean = 0, deviation = 1) {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return mean + deviation * value
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return mean + deviation * radius * Math.cos(angle)
    },
    chance: (probability) => uniform() < probability,
    pick: <T>(items: readonly [T, ...T[]]): T => items[integer(0, items.length - 1)] ?? items[0],
    shuffle<T>(items: readonly T[]): T[] {
      const order = [...items]
      for (let index = order.length - 1; index > 0; index--) {
        const other = integer(0, index)
        ;[order[index], order[other]] = [order[other] as T, order[index] as T]
      }
      return order
    },
  }
}

/** A seed for the nth of many independent streams of one seed (an integer hash: Steele et al. 2014, SplitMix). */
export function streamSeed(seed: number, stream: number): number {
  let z = (seed + Math.imul(stream + 1, 0x9e3779b9)) | 0
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return (z ^ (z >>> 16)) | 0
}
