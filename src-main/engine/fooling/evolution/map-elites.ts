/**
 * Evolution of pictures for all classes at once (Nguyen et al. 2014, section 2.3): a random elite is mutated, the child judged for every
 * class and put wherever it is surer than what is there. A generation is made in broods, each from the archive as the brood before left it:
 * of ten classes, many small steps go further than few wide choices; of a thousand, a generation is one brood. Within a brood one batch is
 * painted while the one before is in the network.
 */
import { invariant } from '#contract/errors.ts'
import { sharedFloats } from '../../datasets/dataset.ts'
import { createRandom, streamSeed } from '../../lib/random.ts'
import type { Random } from '../../lib/random.ts'
import { roundToBytes } from '../eight-bit.ts'
import type { Extent, Probe } from '../probe.ts'
import { Archive } from './archive.ts'
import type { Individual } from './archive.ts'
import type { Encoding } from './define-encoding.ts'

/** A brood: about so many children of every class, and no fewer than that. */
const childrenOfAClass = 2
const leastBrood = 16

export interface EvolutionOptions<Genome> {
  readonly probe: Probe
  readonly encoding: Encoding<Genome>
  /** Pictures of a generation. */
  readonly population: number
  readonly seed: number
  /** Pictures that go through the network together. */
  readonly batch: number
  /** Between batches: throws once the run is cancelled. */
  readonly checkCancelled?: () => void
  /** Keeps pictures readable as the network is asked; see polarity.ts. */
  readonly keepPolarity?: (picture: Float32Array) => Float32Array
}

export class Evolution<Genome> {
  readonly archive: Archive<Genome>
  readonly #options: EvolutionOptions<Genome>
  readonly #paint: (genome: Genome, into: Float32Array) => void
  /** One is painted while the network reads the other. */
  readonly #buffers: readonly Float32Array[]
  #generation = 0
  #made = 0

  constructor(options: EvolutionOptions<Genome>) {
    this.#options = options
    this.archive = new Archive(options.probe.classes, options.encoding.keepsAncestors(options.probe.extent))
    this.#buffers = [0, 1].map(() => sharedFloats(Math.min(options.batch, options.population) * options.probe.length))
    const paint = options.encoding.painter(options.probe.extent)
    this.#paint = (genome, into) => {
      paint(genome, into)
      const kept = options.keepPolarity?.(into)
      // Of 8 bits again.
      if (kept && kept !== into) into.set(roundToBytes(kept))
    }
  }

  /** Generations done. */
  get generation(): number {
    return this.#generation
  }

  get extent(): Extent {
    return this.#options.probe.extent
  }

  /** Pictures judged. */
  get made(): number {
    return this.#made
  }

  /** One generation; the first is made at random. How many classes got another elite. */
  async advance(): Promise<number> {
    const random = createRandom(streamSeed(this.#options.seed, this.#generation))
    const { population } = this.#options
    // The first are all made at random: what is not among them has to be found by mutation.
    const brood = this.#generation === 0 ? population : Math.min(population, Math.max(leastBrood, childrenOfAClass * this.archive.classes))
    const before = this.archive.snapshot()
    let taken = 0
    try {
      for (let start = 0; start < population; start += brood) taken += await this.#breed(random, this.#made + start, Math.min(brood, population - start))
    } catch (error) {
      // A generation that is cancelled leaves the archive as it was.
      this.archive.goBack(before)
      throw error
    }
    this.#made += population
    this.#generation++
    this.archive.prune()
    return taken
  }

  /** `count` children of the archive as it is now, and what the network says of them. */
  async #breed(random: Random, firstId: number, count: number): Promise<number> {
    const { probe, encoding, batch, checkCancelled } = this.#options
    const parents = this.archive.occupied
    const makeOne = (id: number): Individual<Genome> => {
      const from = parents.length === 0 ? -1 : (parents[random.integer(0, parents.length - 1)] ?? -1)
      const parent = from < 0 ? undefined : this.archive.eliteOf(from)
      if (from < 0) return { id, parent: -1, generation: this.#generation, from, genome: encoding.random(random, probe.extent) }
      invariant(parent?.genome !== undefined, `the elite of class ${from} has no genome`)
      return { id, parent: parent.id, generation: this.#generation, from, genome: encoding.mutate(parent.genome, random, this.#generation) }
    }
    const paintFrom = (start: number): { readonly group: readonly Individual<Genome>[]; readonly pictures: Float32Array } => {
      // The archive stays as it is until the brood is whole: children of later groups have the same parents to be chosen from.
      const group = Array.from({ length: Math.min(batch, count - start) }, (_, index) => makeOne(firstId + start + index))
      const pictures = this.#buffers[(start / batch) % 2]?.subarray(0, group.length * probe.length) ?? new Float32Array()
      group.forEach(({ genome }, row) => { if (genome !== undefined) this.#paint(genome, pictures.subarray(row * probe.length, (row + 1) * probe.length)) })
      return { group, pictures }
    }
    const judged: (readonly [Individual<Genome>, Float32Array])[] = []
    let next = paintFrom(0)
    for (let start = 0; start < count; start += batch) {
      checkCancelled?.()
      const { group, pictures } = next
      const running = probe.answers(pictures)
      // It may be rejected before it is awaited.
      running.catch(() => undefined)
      // The request leaves before this thread is busy.
      await new Promise<void>((resolve) => { setImmediate(resolve) })
      if (start + batch < count) next = paintFrom(start + batch)
      const answers = await running
      group.forEach((individual, row) => { judged.push([individual, answers[row] ?? new Float32Array()]) })
    }
    return judged.reduce((sum, [individual, answers]) => sum + this.archive.offer(individual, answers), 0)
  }

  /** The picture of an individual, [C, H, W], of 8 bits. */
  paint(genome: Genome): Float32Array {
    const picture = new Float32Array(this.#options.probe.length)
    this.#paint(genome, picture)
    return picture
  }

  resumeAt(generation: number, made: number): void {
    this.#generation = generation
    this.#made = made
  }
}
