/** What a CPPN computes at every pixel, as loops of four pixels at a time. */
import { simdMath } from './simd-module.ts'
import type { Kernel, Vector } from './simd-module.ts'

const { number, add, subtract, multiply, divide, min, max, negate, floor, nearest, powerOfTwo } = simdMath

type Keep = (value: Vector) => Vector

/** Coefficients from the constant on. */
const polynomial = (x: Vector, coefficients: readonly number[]): Vector => coefficients.reduceRight<Vector | undefined>((sum, value) => (sum ? add(multiply(sum, x), number(value)) : number(value)), undefined) ?? number(0)

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** sin x = sin 2 pi r, r folded into -1/4..1/4, by its series up to the 11th power: within 6e-8. */
function sine(x: Vector, keep: Keep): Vector {
  const turns = keep(multiply(x, number(1 / (2 * Math.PI))))
  const rest = keep(subtract(turns, nearest(turns)))
  const folded = keep(max(min(rest, subtract(number(0.5), rest)), subtract(number(-0.5), rest)))
  const angle = keep(multiply(folded, number(2 * Math.PI)))
  return multiply(angle, polynomial(keep(multiply(angle, angle)), [1, 3, 5, 7, 9, 11].map((power, index) => (-1) ** index / factorial(power))))
}

/** e^x = 2^n 2^f, n whole and f in -1/2..1/2, by the series up to the 6th power: within 2e-7 of itself. */
function exponential(x: Vector, keep: Keep): Vector {
  const power = keep(max(min(multiply(x, number(Math.LOG2E)), number(126)), number(-126)))
  const whole = keep(nearest(power))
  const rest = keep(subtract(power, whole))
  return multiply(polynomial(rest, [0, 1, 2, 3, 4, 5, 6].map((n) => Math.LN2 ** n / factorial(n))), powerOfTwo(whole))
}

/** Links that a node sums in one go: their ends are read once, and nothing is written between. */
export const mostLinks = 4
/** For so many links: reads their ends, scalars are the bias and their weights. */
export const kernelOf = (name: string, links: number): string => `${name}/${links}`

const ofLinks = (name: string, body: (x: Vector, keep: Keep) => Vector): readonly Kernel[] => Array.from({ length: mostLinks + 1 }, (_, links) => ({
  name: kernelOf(name, links), reads: links, writes: 1, scalars: 1 + links,
  body: (ends, [bias = [], ...weights], keep) => [body(keep(ends.reduce((sum, end, index) => add(sum, multiply(end, weights[index] ?? [])), bias)), keep)],
}))

/** -1..1 to 0..1. */
const toShare = (x: Vector): Vector => multiply(add(x, number(1)), number(0.5))
/** 0..1 to whole steps of 1/255, halves to even. n / 255 as n 257/65536, which is exact, and n times the rest: the quotient's own bits for all n to 255, without a division. */
const toBytes = (x: Vector, keep: Keep): Vector => {
  const n = keep(nearest(multiply(x, number(255))))
  return add(multiply(n, number(257 / 65536)), multiply(n, number(1 / 255 - 257 / 65536)))
}

/** Channel n of hue h (in twelfths), lightness l, saturation s: l - s min(l, 1 - l) max(-1, min(k - 3, 9 - k, 1)), k = (n + h) mod 12, n = 0, 8, 4. */
function colors(hue: Vector, lightness: Vector, saturation: Vector, keep: Keep): Vector[] {
  const place = keep(multiply(toShare(hue), number(12)))
  const light = keep(toShare(lightness))
  const reach = keep(multiply(toShare(saturation), min(light, subtract(number(1), light))))
  return [0, 8, 4].map((n) => {
    const shifted = keep(add(place, number(n)))
    const k = keep(subtract(shifted, multiply(floor(multiply(shifted, number(1 / 12))), number(12))))
    const rise = max(min(min(subtract(k, number(3)), subtract(number(9), k)), number(1)), number(-1))
    return toBytes(subtract(light, multiply(reach, rise)), keep)
  })
}

/** Nodes answer in -1..1: activations by their names in cppn-genome.ts, each of a weighted sum. */
export const cppnKernels: readonly Kernel[] = [
  ...ofLinks('sum', (x) => x),
  ...ofLinks('sine', sine),
  ...ofLinks('sigmoid', (x, keep) => subtract(divide(number(2), add(number(1), exponential(negate(x), keep))), number(1))),
  ...ofLinks('gaussian', (x, keep) => exponential(negate(multiply(x, x)), keep)),
  ...ofLinks('linear', (x) => max(min(multiply(x, number(1 / 3)), number(1)), number(-1))),
  { name: 'gray', reads: 1, writes: 1, scalars: 0, body: ([x = []], _, keep) => [toBytes(toShare(x), keep)] },
  { name: 'color', reads: 3, writes: 3, scalars: 0, body: ([hue = [], lightness = [], saturation = []], _, keep) => colors(hue, lightness, saturation, keep) },
]
