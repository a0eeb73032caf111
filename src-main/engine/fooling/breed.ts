/** Archives bred against one network, from seeds of their own. */
import { throwIfCancelled } from '../lib/cancel.ts'
import { streamSeed } from '../lib/random.ts'
import { encodings } from './evolution/encodings.ts'
import { openEvolution } from './open-evolution.ts'
import type { Probe } from './probe.ts'

export interface BreedOptions {
  readonly encoding: 'cppn' | 'direct'
  readonly generations: number
  readonly population: number
  readonly archives: number
  readonly seed: number
}

/** What an archive holds of a class. */
export interface Elite { readonly index: number; readonly confidence: number; /** [C, H, W], of 8 bits. */ readonly picture: Float32Array; /** Base64. */ readonly genome: string }
export interface BredArchive { readonly elites: readonly Elite[]; readonly evaluations: number }

/** Behind a generation. */
export interface BreedProgress { readonly archive: number; readonly generation: number; readonly median: number }

/** The archive of number `archive` over the first `classes` of the network's. */
export async function breedArchive(probe: Probe, { encoding: id, generations, population, seed }: BreedOptions, archive: number, classes: number, tick: (progress: BreedProgress) => Promise<void>): Promise<BredArchive> {
  const encoding = encodings[id]
  const evolution = await openEvolution(probe, encoding, { population, seed: streamSeed(seed, archive), checkCancelled: () => { throwIfCancelled(probe.signal) } })
  for (let generation = 1; generation <= generations; generation++) {
    await evolution.advance()
    await tick({ archive, generation, median: evolution.archive.median })
  }
  const elites = Array.from({ length: classes }, (_, index): Elite[] => {
    const genome = evolution.archive.eliteOf(index)?.genome
    return genome === undefined ? [] : [{ index, confidence: evolution.archive.confidences[index] ?? 0, picture: evolution.paint(genome), genome: Buffer.from(encoding.toBytes(genome)).toString('base64') }]
  })
  return { elites: elites.flat(), evaluations: evolution.made }
}
