/**
 * MAP-Elites' map (Mouret and Clune 2015, arXiv:1504.04909): the best picture found for every class, and the lines they descend in.
 * Individuals are numbered in the order in which they were made.
 */
import { invariant } from '#contract/errors.ts'
import { median } from '../../lib/quantile.ts'

export interface Individual<Genome> {
  readonly id: number
  /** -1: made at random. */
  readonly parent: number
  readonly generation: number
  /** The class whose elite its parent was when it was chosen; -1 without a parent. */
  readonly from: number
  /** Absent for ancestors whose genomes are not kept. */
  genome: Genome | undefined
}

export interface ArchiveSnapshot<Genome> {
  readonly confidences: Float32Array
  readonly elites: Int32Array
  readonly individuals: ReadonlyMap<number, Individual<Genome>>
}

export class Archive<Genome> {
  readonly classes: number
  /** Probability of every class's elite, by class. */
  readonly confidences: Float32Array
  /** Individual of every class's elite, -1 where there is none. */
  readonly elites: Int32Array
  #individuals = new Map<number, Individual<Genome>>()
  #keepsAncestors: boolean
  /** Classes whose elite changed since `takeChanged`. */
  #changed = new Set<number>()

  constructor(classes: number, keepsAncestors: boolean) {
    this.classes = classes
    this.confidences = new Float32Array(classes)
    this.elites = new Int32Array(classes).fill(-1)
    this.#keepsAncestors = keepsAncestors
  }

  get individuals(): ReadonlyMap<number, Individual<Genome>> {
    return this.#individuals
  }

  /** Classes that have an elite. */
  get occupied(): number[] {
    return Array.from(this.elites.keys()).filter((index) => (this.elites[index] ?? -1) >= 0)
  }

  get median(): number {
    return this.confidences.length === 0 ? 0 : median(this.confidences)
  }

  get sure(): number {
    return countSure(this.confidences)
  }

  /** Takes every class at which it is surer than the elite there; an equal one stays out. How many it took. */
  offer(individual: Individual<Genome>, answers: Float32Array): number {
    let taken = 0
    for (let index = 0; index < this.classes; index++) {
      const answer = answers[index] ?? 0
      if (!(answer > (this.confidences[index] ?? 0))) continue
      this.confidences[index] = answer
      this.elites[index] = individual.id
      this.#changed.add(index)
      taken++
    }
    if (taken > 0) this.#individuals.set(individual.id, individual)
    return taken
  }

  eliteOf(index: number): Individual<Genome> | undefined {
    return this.#individuals.get(this.elites[index] ?? -1)
  }

  /** The elite first, then its parent, and so on to one that was made at random. */
  lineageOf(index: number): Individual<Genome>[] {
    const line: Individual<Genome>[] = []
    for (let each = this.eliteOf(index); each; each = this.#individuals.get(each.parent)) line.push(each)
    return line
  }

  takeChanged(): number[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed
  }

  /** What `goBack` makes of the archive again. */
  snapshot(): ArchiveSnapshot<Genome> {
    return { confidences: this.confidences.slice(), elites: this.elites.slice(), individuals: new Map(this.#individuals) }
  }

  goBack({ confidences, elites, individuals }: ArchiveSnapshot<Genome>): void {
    this.confidences.set(confidences)
    this.elites.set(elites)
    this.#individuals = new Map(individuals)
  }

  /** Forgets individuals that no elite descends from, and genomes of ancestors where those are too large to keep. */
  prune(): void {
    const living = new Set(this.elites)
    const kept = new Map<number, Individual<Genome>>()
    for (const elite of living) {
      for (let each = this.#individuals.get(elite); each && !kept.has(each.id); each = this.#individuals.get(each.parent)) {
        if (!this.#keepsAncestors && !living.has(each.id)) each.genome = undefined
        kept.set(each.id, each)
      }
    }
    this.#individuals = kept
  }

  restore(confidences: Float32Array, elites: Int32Array, individuals: readonly Individual<Genome>[]): void {
    invariant(confidences.length === this.classes && elites.length === this.classes, `an archive of ${elites.length} classes for a model of ${this.classes}`)
    this.confidences.set(confidences)
    this.elites.set(elites)
    this.#individuals = new Map(individuals.map((each) => [each.id, each]))
    for (const index of this.occupied) this.#changed.add(index)
  }
}

/** How many of them are at least 99 %. */
export const countSure = (confidences: ArrayLike<number>): number => Array.from(confidences).filter((value) => value >= 0.99).length
