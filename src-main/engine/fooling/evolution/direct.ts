/** Every channel of every pixel is a gene of its own, an integer in 0..255. */
import { defineEncoding } from './define-encoding.ts'
import { polynomialMutation } from './polynomial-mutation.ts'

const eta = 15
const firstRate = 0.1
const halvedEvery = 1000
/** More than that a genome, and only the elites' own are kept. */
const smallGenome = 4096

/** The share of genes that is mutated: 0.1, halved every 1000 generations. */
export const rateAt = (generation: number): number => firstRate * 0.5 ** Math.floor(generation / halvedEvery)

export default defineEncoding<Uint8Array>({
  id: 'direct', title: 'Direct: every pixel a gene',
  random: (random, { channels, height, width }) => Uint8Array.from({ length: channels * height * width }, () => random.integer(0, 255)),
  mutate(parent, random, generation) {
    const child = parent.slice()
    const log = Math.log(1 - rateAt(generation))
    // The gaps between mutated genes are distributed geometrically: one draw a mutation, not one a gene.
    const gap = (): number => 1 + Math.floor(Math.log(1 - random.uniform()) / log)
    for (let at = gap() - 1; at < child.length; at += gap()) child[at] = Math.round(polynomialMutation(child[at] ?? 0, random.uniform(), { low: 0, high: 255, eta }))
    return child
  },
  painter: () => (genome, into) => { for (let at = 0; at < into.length; at++) into[at] = (genome[at] ?? 0) / 255 },
  toBytes: (genome) => genome,
  fromBytes: (bytes) => bytes.slice(),
  keepsAncestors: ({ channels, height, width }) => channels * height * width <= smallGenome,
})
