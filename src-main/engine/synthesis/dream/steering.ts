/** What a dream goes for: its targets, brought to comparable strength, their channels, and what a guide shows of them. */
import { z } from 'zod'
import type { DreamSettings, DreamTarget, DreamUsual } from '#contract/dream.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import { AppError, invariant } from '#contract/errors.ts'
import type { Pixels } from '../../images/pixels.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import { guideFeatures, thinned } from './guide.ts'
import type { Extent } from './octaves.ts'
import type { Seen } from './picture-steps.ts'
import type { Shaping } from './rule.ts'
import { suggestedTargets, usualDream } from './suggest-layer.ts'
import { channelsInput, guideInput, resolveTarget, weightInput } from './target.ts'
import type { ResolvedTarget } from './target.ts'
import type { TileGradients } from './tile-gradients.ts'
import type { TileOptions, TileSize, View } from './tile-gradients.ts'

const Notes = z.object({
  /** Of what they were measured for: other targets are measured anew. */ key: z.string(),
  /** By target: 1 / mean magnitude of its gradient. */ factors: z.array(z.number()).optional(),
  /** By target: weights of its channels in this octave. */ channels: z.array(z.array(z.number()).nullable()).optional(),
})
type Notes = z.infer<typeof Notes>

export interface Sight { readonly view: View; readonly feeds: HostTensors }

/** What a step would see of the picture as it is. */
export type Look = (sight: Sight) => Promise<Seen>

export class Steering {
  readonly #options: TileOptions
  readonly #gradients: TileGradients
  readonly #openGuide: (reference: FileReference) => Promise<Pixels>
  #guide: FileReference | undefined
  #chosen: readonly DreamTarget[] = []
  #targets: readonly ResolvedTarget[] = []
  #fixed: Extent | undefined
  #size: TileSize = { pixels: 0 }
  #features: readonly FloatTensor[] | undefined
  /** Of the guide, for the extent that is looked at. */
  #columns: readonly FloatTensor[] = []
  #notes: Notes = { key: '' }

  constructor(options: TileOptions, gradients: TileGradients, settings: DreamSettings, openGuide: (reference: FileReference) => Promise<Pixels>) {
    this.#options = options
    this.#gradients = gradients
    this.#openGuide = openGuide
    this.#choose(settings)
  }

  get titles(): string[] { return this.#targets.map(({ title }) => title) }
  get title(): string { return this.#targets.map(({ title }) => `'${title}'`).join(', ') }
  get fixedExtent(): Extent | undefined { return this.#fixed }
  get notes(): unknown { return this.#notes }

  restore(notes: unknown): void {
    const parsed = Notes.parse(notes)
    if (parsed.key === this.#notes.key) this.#notes = parsed
  }

  beginOctave(): void {
    const { key, factors } = this.#notes
    this.#notes = { key, ...(factors ? { factors } : {}) }
  }

  /** Whether the targets can be computed for a picture of that extent. */
  fits({ height, width }: Extent): boolean {
    if (this.#fixed) return height >= this.#fixed.height && width >= this.#fixed.width
    const own = this.#options.display.preprocessing
    return this.#gradients.fits({ height: Math.min(height, 2 * own.height), width: Math.min(width, 2 * own.width) }, this.#targets)
  }

  /** How the gradient is used. */
  shaping(settings: DreamSettings): Shaping {
    const { evenness, natural } = this.#usual(settings)
    return { smoothing: settings.smoothing, pyramid: settings.pyramid, evenness, natural }
  }

  /** Of the targets' mean values, weighted as they were asked for. */
  combined(values: readonly number[]): number {
    return values.reduce((sum, value, index) => sum + (this.#chosen[index]?.weight ?? 0) * value, 0)
  }

  /** How the step looks at the picture. */
  async aim(settings: DreamSettings, extent: Extent, look: Look): Promise<Sight> {
    this.#choose(settings)
    const view = await this.#view(extent)
    if (this.#targets.some(({ measured }) => measured) && !this.#notes.channels) await this.#measure(settings, view, look)
    if (this.#targets.length > 1 && !this.#notes.factors) await this.#calibrate(view, look)
    return { view, feeds: this.#feeds((index) => (this.#chosen[index]?.weight ?? 0) * (this.#notes.factors?.[index] ?? 1)) }
  }

  #usual(settings: DreamSettings): Pick<DreamUsual, 'balance' | 'evenness' | 'natural'> {
    const usual = usualDream(this.#options.display)
    return { balance: settings.balance ?? usual.balance, evenness: settings.evenness ?? usual.evenness, natural: settings.natural ?? usual.natural }
  }

  #choose(settings: DreamSettings): void {
    const chosen = settings.targets ?? suggestedTargets(this.#options.network)
    if (chosen.every(({ weight }) => weight === 0)) throw new AppError('option-invalid', 'Every layer of the dream has the weight 0: give at least one another weight.')
    // Weights alone are fed; anything else makes another graph.
    const guided = settings.guide !== undefined
    this.#guide = settings.guide
    const { balance } = this.#usual(settings)
    const balanced = balance > 0
    const key = JSON.stringify([chosen.map(({ layer, channels }) => [layer, channels]), settings.guide?.sha256, settings.tile, balance])
    this.#chosen = chosen
    if (key === this.#notes.key) return
    this.#notes = { key }
    this.#targets = chosen.map((target) => resolveTarget(this.#options.network, target, { guided, balanced }))
    this.#fixed = this.#gradients.fixedExtent(this.#targets)
    this.#size = { pixels: settings.tile === undefined ? this.#gradients.usualTilePixels(this.#targets) : settings.tile ** 2, fixed: this.#fixed }
    this.#features = undefined
  }

  async #view(extent: Extent): Promise<View> {
    const { network, display, signal } = this.#options
    if (this.#targets.some(({ objective }) => objective === 'guide')) {
      invariant(this.#guide, 'a guided dream without its guide')
      this.#features ??= await guideFeatures(await this.#openGuide(this.#guide), this.#targets, { network, display, fixed: this.#fixed, signal })
      const pixels = Math.min(this.#size.pixels, extent.height * extent.width)
      this.#columns = this.#features.map((features, index) => thinned(features, this.#positionsIn(pixels, this.#targets[index]!)))
    }
    return this.#gradients.view(extent, this.#targets, this.#columns.map(({ dims }) => dims[1] ?? 1), this.#size)
  }

  /** Of the layer, in a tile of so many pixels. */
  #positionsIn(pixels: number, { tensor, channels }: ResolvedTarget): number {
    const { height, width } = this.#options.display.preprocessing
    const elements = (this.#options.network.facts.get(tensor)?.shape ?? []).reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
    return Math.max(1, ((elements / channels) * pixels) / (height * width))
  }

  #feeds(weight: (index: number) => number): HostTensors {
    const entries = this.#targets.flatMap(({ objective, weighted, channels, axis, tensor }, index): [string, FloatTensor][] => {
      const scalar: [string, FloatTensor] = [weightInput(index), floatTensor([], Float32Array.of(weight(index)))]
      if (objective !== 'guide' && !weighted) return [scalar]
      if (objective === 'guide') return [scalar, [guideInput(index), this.#columns[index]!]]
      const rank = this.#options.network.facts.get(tensor)?.shape?.length ?? 4
      return [scalar, [channelsInput(index), floatTensor(Array.from({ length: rank }, (_, at) => (at === axis ? channels : 1)), this.#channelWeights(index, channels))]]
    })
    return Object.fromEntries(entries)
  }

  #channelWeights(index: number, count: number): Float32Array {
    const chosen = this.#chosen[index]?.channels
    const weights = new Float32Array(count)
    if (chosen?.kind !== 'some') weights.set(this.#notes.channels?.[index] ?? [])
    if (chosen?.kind !== 'some') return weights
    for (const { channel, weight } of chosen.of) weights[channel]! += weight
    return weights
  }

  /** What the picture makes of the channels, as this octave begins. */
  async #measure(settings: DreamSettings, view: View, look: Look): Promise<void> {
    // Derivatives with respect to the weights do not depend on them.
    const { sums } = await look({ view, feeds: this.#feeds(() => 1) })
    const { balance } = this.#usual(settings)
    const channels = sums.map((totals, index) => {
      const chosen = this.#chosen[index]?.channels
      if (!totals) return null
      return Array.from(chosen && chosen.kind !== 'some' ? ranked(totals, chosen.kind, chosen.count) : balanced(totals, balance))
    })
    this.#notes = { ...this.#notes, channels }
  }

  /** Layers differ in scale by orders of magnitude: each is divided by its gradient's size at the beginning, so that weights are shares of the step. */
  async #calibrate(view: View, look: Look): Promise<void> {
    const factors: number[] = []
    for (const [index, { title }] of this.#targets.entries()) {
      const { steepness } = await look({ view, feeds: this.#feeds((at) => (at === index ? 1 : 0)) })
      if (!(steepness > 0)) throw new AppError('target-invalid', `Nothing in the picture changes '${title}': its gradient is zero everywhere. Choose another layer, or other channels.`)
      factors.push(1 / steepness)
    }
    this.#notes = { ...this.#notes, factors }
  }
}

/** 1 for the strongest or weakest channels, 0 for the others (ProGamerGov's neural-dream: `-channel_mode strong | weak`, captured once an octave). */
function ranked(totals: Float32Array, kind: 'strongest' | 'weakest', count: number): Float32Array {
  const order = Array.from(totals.keys()).sort((a, b) => totals[b]! - totals[a]!)
  const weights = new Float32Array(totals.length)
  for (const channel of kind === 'strongest' ? order.slice(0, count) : order.slice(-count)) weights[channel] = 1
  return weights
}

/** Of the mean: channels with less energy are not raised further. */
const leastEnergy = 0.01

/** Energies to the power -share: at 1 all channels count alike, whatever their scale. */
function balanced(energies: Float32Array, share: number): Float32Array {
  const mean = energies.reduce((sum, energy) => sum + energy, 0) / energies.length
  return energies.map((energy) => (mean === 0 ? 1 : (energy / mean + leastEnergy) ** -share))
}
