/** A network as attacks ask it: answers of pictures, and which way a score grows. Pictures are in display space, 0..1. */
import { AppError, invariant } from '#contract/errors.ts'
import { classTensor } from '../attribution/target.ts'
import { specialize } from '../network/compute-model.ts'
import { displayChannels } from '../network/display-space.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { displayInput } from '../network/network.ts'
import type { Network } from '../network/network.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { float32OfHost, probabilitiesOf } from '../preprocessing/host-values.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Session } from '../runtime/session.ts'
import { buildScoreGraph, scoreFeeds } from './score.ts'
import type { Score, ScoreGraph } from './score.ts'

export interface Slope {
  /** [K] */
  readonly logits: Float32Array
  /** [C, H, W]: d score / d picture. */
  readonly gradient: Float32Array
}

export interface Extent { readonly channels: 1 | 3; readonly height: number; readonly width: number }

export class Probe {
  readonly network: Network
  readonly display: DisplaySpace
  readonly extent: Extent
  /** Numbers of one picture, channels * height * width. */
  readonly length: number
  readonly classes: number
  readonly runtime: Runtime
  readonly signal: AbortSignal | undefined
  #held = new Map<string, Promise<{ readonly dispose: () => Promise<void> }>>()
  #sessions = new Map<number, Promise<{ readonly graph: ScoreGraph; readonly session: Session }>>()
  #evaluations = 0

  /** Throws 'target-invalid' for a model that does not classify. */
  constructor(network: Network, display: DisplaySpace, runtime: Runtime, signal?: AbortSignal) {
    const { preprocessing } = display
    if (preprocessing.output === 'none') throw new AppError('target-invalid', `${network.summary.name} does not classify: there is no class that a picture could be mistaken for.`)
    this.network = network
    this.display = display
    this.runtime = runtime
    this.signal = signal
    this.extent = { channels: displayChannels(display), height: preprocessing.height, width: preprocessing.width }
    this.length = this.extent.channels * preprocessing.height * preprocessing.width
    const dims = staticDims(network.facts.get(this.#scores)?.shape)
    if (!dims) throw new AppError('shape-unknown', `How many classes '${this.#scores}' has is not known.`)
    this.classes = elementCount(dims)
    if (this.classes < 2) throw new AppError('target-invalid', `'${this.#scores}' has one value: fooling needs a model that tells at least two classes apart.`)
  }

  /** Pictures that went through the network, forward alone or with a gradient. */
  get evaluations(): number {
    return this.#evaluations
  }

  get #scores(): string {
    return classTensor(this.network, this.display)
  }

  get #output(): string {
    return this.display.preprocessing.outputTensor ?? this.network.outputs[0] ?? ''
  }

  labelOf(index: number): string {
    const name = this.display.preprocessing.labels[index]
    return name === undefined || name === '' ? `class ${index}` : name
  }

  checkClass(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.classes)
      throw new AppError('target-invalid', `Class ${index} does not exist: the model has ${this.classes} classes, 0 to ${this.classes - 1}.`)
    return index
  }

  /** Probabilities, [K] a picture, as the model's own output says. `pictures` one after another, any number of them. */
  async answers(pictures: Float32Array): Promise<Float32Array[]> {
    const { output } = this.display.preprocessing
    return (await this.#forward(pictures, this.#output)).map((values) => probabilitiesOf(values, output))
  }

  /** [K] a picture: what goes into the Softmax. */
  async logits(pictures: Float32Array): Promise<Float32Array[]> {
    const rows = await this.#forward(pictures, this.#scores)
    return this.#areProbabilities ? rows.map((row) => row.map((value) => Math.log(Math.max(value, 1e-12)))) : rows
  }

  /** Logits and the gradient of a score at every picture, in one run. */
  async slopes(pictures: Float32Array, scores: readonly Score[]): Promise<Slope[]> {
    const batch = scores.length
    invariant(pictures.length === batch * this.length, `${batch} scores for ${pictures.length / this.length} pictures`)
    if (batch > 1 && !this.network.batches) return (await Promise.all(scores.map((score, row) => this.slopes(pictures.subarray(row * this.length, (row + 1) * this.length), [score])))).flat()
    const { graph, session } = await this.#sessionFor(batch)
    const { channels, height, width } = this.extent
    const feeds = { [displayInput]: floatTensor([batch, channels, height, width], pictures), ...scoreFeeds(scores, this.classes) }
    const results = await session.run(feeds, [graph.logits, graph.gradient], this.signal ? { signal: this.signal } : {})
    this.#evaluations += batch
    const row = (name: string, index: number, length: number): Float32Array => (results[name]?.data as Float32Array).subarray(index * length, (index + 1) * length)
    return scores.map((_, index) => ({ logits: row(graph.logits, index, this.classes), gradient: row(graph.gradient, index, this.length) }))
  }

  async slope(picture: Float32Array, score: Score): Promise<Slope> {
    const [slope] = await this.slopes(picture, [score])
    invariant(slope, 'no slope came back')
    return slope
  }

  /** What is made once for this network and ends with it, by a key of its maker's. */
  hold<T extends { readonly dispose: () => Promise<void> }>(key: string, open: () => Promise<T>): Promise<T> {
    const known = this.#held.get(key) ?? open()
    this.#held.set(key, known)
    known.catch(() => this.#held.delete(key))
    return known as Promise<T>
  }

  /** Counts what went through the network elsewhere. */
  count(pictures: number): void {
    this.#evaluations += pictures
  }

  async dispose(): Promise<void> {
    for (const held of this.#held.values()) await held.then((each) => each.dispose(), () => undefined)
    this.#held.clear()
    for (const opened of this.#sessions.values()) await opened.then(({ session }) => session.dispose(), () => undefined)
    this.#sessions.clear()
  }

  get #areProbabilities(): boolean {
    return this.display.preprocessing.output === 'probabilities' && this.#scores === this.#output
  }

  async #forward(pictures: Float32Array, tensor: string): Promise<Float32Array[]> {
    const count = pictures.length / this.length
    const { channels, height, width } = this.extent
    const results = await this.network.forward({ [displayInput]: floatTensor([count, channels, height, width], pictures) }, [tensor], { display: this.display, ...(this.signal ? { signal: this.signal } : {}) })
    const value = results[tensor]
    invariant(value, `the network did not return '${tensor}'`)
    this.#evaluations += count
    const values = float32OfHost(value)
    return Array.from({ length: count }, (_, row) => values.slice(row * this.classes, (row + 1) * this.classes))
  }

  #sessionFor(batch: number): Promise<{ readonly graph: ScoreGraph; readonly session: Session }> {
    const known = this.#sessions.get(batch)
    if (known) return known
    const opened = this.#open(batch)
    this.#sessions.set(batch, opened)
    opened.catch(() => this.#sessions.delete(batch))
    return opened
  }

  async #open(batch: number): Promise<{ readonly graph: ScoreGraph; readonly session: Session }> {
    const { input, layout } = this.display.preprocessing
    const { channels, height, width } = this.extent
    const declared = this.network.inputs.find(({ name }) => name === input)?.dims ?? []
    const dims = declared.length === 4 ? (layout === 'NHWC' ? [batch, height, width, channels] : [batch, channels, height, width]) : batch === 1 ? declared : [batch, ...declared.slice(1)]
    const { inUse } = await this.runtime.device()
    const { model } = specialize(this.network.normalized, { dims: { [input]: dims }, batch, display: this.display })
    const graph = buildScoreGraph(model, { tensor: this.#scores, batch, probabilities: this.#areProbabilities, target: this.runtime.loweringOf(inUse) })
    return { graph, session: await this.runtime.open(graph.model, { device: inUse, lane: 'synthesis', weights: this.network }) }
  }
}
