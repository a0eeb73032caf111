/**
 * What every unit responded to most (Zeiler and Fergus 2013, arXiv:1311.2901, section 4.1: the nine patches that excite it most), collected picture by
 * picture. One picture gives a unit at most one patch, so that nine are nine pictures.
 */
import type { NamedTensor } from '../lib/safetensors.ts'
import type { SurveyedLayer } from './survey-graph.ts'

export const kept = 9
/** Pictures whose maxima a unit's histogram is drawn from: the first so many, in the order of the survey. */
export const sampled = 256

export interface LayerAnswer { /** [units] */ readonly most: Float32Array; /** Index in the map. */ readonly place: ArrayLike<number | bigint>; readonly mean: Float32Array }

export interface BestPatch { readonly value: number; readonly picture: number; readonly row: number; readonly column: number }

interface Held {
  /** [units, 9], the largest first; -Infinity where there is none yet. */
  readonly values: Float32Array
  readonly pictures: Int32Array
  readonly places: Int32Array
  /** [units, pictures sampled] */
  readonly sample: Float32Array
  /** [units, classes]: sums of the maxima. */
  readonly classes: Float32Array
  /** [units]: sum over pictures of the mean activation, and number of pictures on which it was positive somewhere. */
  readonly means: Float32Array
  readonly awake: Float32Array
}

export class Survey {
  readonly layers: readonly SurveyedLayer[]
  /** Most classes that can occur. */
  readonly classCount: number
  readonly #held = new Map<string, Held>()
  /** Classes in the order in which they first occurred: of a thousand a few may. */
  readonly #slots: Int32Array
  readonly #perSlot: Float32Array
  /** Pictures looked at. */
  count = 0

  constructor(layers: readonly SurveyedLayer[], classCount: number, pictures: number) {
    this.layers = layers
    this.classCount = Math.min(classCount, pictures)
    this.#slots = new Int32Array(this.classCount).fill(-1)
    this.#perSlot = new Float32Array(this.classCount)
    for (const { id, units } of layers) this.#held.set(id, {
      values: new Float32Array(units * kept).fill(-Infinity), pictures: new Int32Array(units * kept).fill(-1), places: new Int32Array(units * kept), sample: new Float32Array(units * Math.min(sampled, pictures)),
      classes: new Float32Array(units * this.classCount), means: new Float32Array(units), awake: new Float32Array(units),
    })
  }

  /** `classIndex` -1: of no class. */
  add(picture: number, classIndex: number, answers: ReadonlyMap<string, LayerAnswer>): void {
    const slot = this.#slotOf(classIndex)
    for (const { id, units } of this.layers) {
      const [held, answer] = [this.#held.get(id), answers.get(id)]
      if (!held || !answer) continue
      const width = held.sample.length / units
      for (let unit = 0; unit < units; unit++) {
        const value = answer.most[unit] ?? -Infinity
        if (!Number.isFinite(value)) continue
        insert(held, unit, value, picture, Number(answer.place[unit] ?? 0))
        if (this.count < width) held.sample[unit * width + this.count] = value
        if (slot >= 0) held.classes[unit * this.classCount + slot]! += value
        held.means[unit]! += answer.mean[unit] ?? 0
        if (value > 0) held.awake[unit]! += 1
      }
    }
    if (slot >= 0) this.#perSlot[slot]! += 1
    this.count++
  }

  best(layer: string, unit: number): BestPatch[] {
    const { held, width } = this.#of(layer)
    return Array.from({ length: kept }, (_, rank) => {
      const at = unit * kept + rank
      const place = held.places[at] ?? 0
      return { value: held.values[at] ?? 0, picture: held.pictures[at] ?? -1, row: Math.floor(place / width), column: place % width }
    }).filter(({ picture }) => picture >= 0)
  }

  /** Its maxima on the pictures sampled. */
  maxima(layer: string, unit: number): Float32Array {
    const { held, units } = this.#of(layer)
    const width = held.sample.length / units
    return held.sample.slice(unit * width, unit * width + Math.min(width, this.count))
  }

  /** Mean of its maxima on the pictures of each class that occurred, the highest first. */
  classMeans(layer: string, unit: number): { readonly index: number; readonly mean: number; readonly pictures: number }[] {
    const { held } = this.#of(layer)
    return Array.from(this.#slots.subarray(0, this.#used()), (index, slot) => {
      const pictures = this.#perSlot[slot] ?? 0
      return { index, mean: (held.classes[unit * this.classCount + slot] ?? 0) / Math.max(1, pictures), pictures }
    }).sort((a, b) => b.mean - a.mean)
  }

  facts(layer: string, unit: number): { readonly mean: number; /** Share of pictures on which it was positive somewhere. */ readonly active: number } {
    const { held } = this.#of(layer)
    return { mean: (held.means[unit] ?? 0) / Math.max(1, this.count), active: (held.awake[unit] ?? 0) / Math.max(1, this.count) }
  }

  tensors(): Map<string, NamedTensor> {
    const tensors = new Map<string, NamedTensor>([['slots', { dims: [this.classCount], data: this.#slots }], ['perSlot', { dims: [this.classCount], data: this.#perSlot }]])
    for (const [id, held] of this.#held) for (const [name, data] of Object.entries(held) as [keyof Held, Float32Array | Int32Array][]) tensors.set(`${id}|${name}`, { dims: [data.length], data })
    return tensors
  }

  restore(tensors: ReadonlyMap<string, NamedTensor>, count: number): void {
    this.#slots.set(tensors.get('slots')?.data ?? [])
    this.#perSlot.set(tensors.get('perSlot')?.data ?? [])
    for (const [id, held] of this.#held) for (const [name, data] of Object.entries(held) as [keyof Held, Float32Array | Int32Array][]) data.set(tensors.get(`${id}|${name}`)?.data ?? [])
    this.count = count
  }

  #used(): number {
    const first = this.#slots.indexOf(-1)
    return first < 0 ? this.classCount : first
  }

  /** -1: of no class. */
  #slotOf(classIndex: number): number {
    if (classIndex < 0) return -1
    const known = this.#slots.indexOf(classIndex)
    if (known >= 0) return known
    const slot = this.#used()
    if (slot < this.classCount) this.#slots[slot] = classIndex
    return slot < this.classCount ? slot : -1
  }

  #of(layer: string): { readonly held: Held; readonly width: number; readonly units: number } {
    const [held, surveyed] = [this.#held.get(layer), this.layers.find(({ id }) => id === layer)]
    if (!held || !surveyed) throw new RangeError(`the survey has no layer ${layer}`)
    return { held, width: surveyed.width, units: surveyed.units }
  }
}

/** Keeps the list sorted; of equal values the earlier picture stands first. */
function insert({ values, pictures, places }: Held, unit: number, value: number, picture: number, place: number): void {
  const first = unit * kept
  let at = first + kept - 1
  if (value <= (values[at] ?? -Infinity)) return
  for (; at > first && value > (values[at - 1] ?? -Infinity); at--) {
    values[at] = values[at - 1] ?? 0
    pictures[at] = pictures[at - 1] ?? 0
    places[at] = places[at - 1] ?? 0
  }
  values[at] = value
  pictures[at] = picture
  places[at] = place
}
