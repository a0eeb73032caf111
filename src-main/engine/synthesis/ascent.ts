/** Pictures moved, step by step, to excite what was asked for. One graph serves every target of its form: which unit is fed. */
import { AppError } from '#contract/errors.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import { specialize } from '../network/compute-model.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { Model } from '../onnx/model.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor, HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Session, StepSession } from '../runtime/session.ts'
import type { Optimiser } from './define-optimiser.ts'
import { planesOf } from './define-parameterisation.ts'
import type { Parameterisation, PictureShape } from './define-parameterisation.ts'
import { backgroundInput, buildPictureGraph, buildStepGraph, gridInput, rateInput, referenceInput, selectorInput, sizeInput } from './step-graph.ts'
import type { StepGraph } from './step-graph.ts'
import { selectorOf } from './unit.ts'
import type { ResolvedTerm } from './unit.ts'
import { drawGrid } from './viewpoint.ts'
import type { AppliedTransform } from './viewpoint.ts'

export interface AscentForm {
  readonly terms: readonly ResolvedTerm[]
  readonly shape: PictureShape
  readonly parameterisation: Parameterisation
  readonly optimiser: Optimiser
}

export interface AscentPlace { readonly runtime: Runtime; readonly network: Network; readonly display: DisplaySpace }

export interface AscentTarget {
  /** Of the form's objectives and layers; what they select may differ. */
  readonly terms: readonly ResolvedTerm[]
  /** By index of its term: the layer's value for the term's picture, [1, ...]. */
  readonly references: ReadonlyMap<number, FloatTensor>
  readonly transforms: readonly AppliedTransform[]
  /** The optimiser's own where absent. */
  readonly rate: number | undefined
  readonly seed: number
}

/** Everything is drawn from seeds of its own: a run that is resumed sees the same. */
const streams = { picture: 1, viewpoint: 2, background: 3 } as const
const lane = 'synthesis'

/** Two targets of equal keys can take turns on one `Ascent`. */
export function formKey({ terms, shape, parameterisation, optimiser }: AscentForm): string {
  return JSON.stringify([shape, parameterisation.id, optimiser.id, terms.map(({ objective, term: { weight, position, power, relative }, tensor }) => [objective.id, weight, position, power, relative, tensor])])
}

export class Ascent {
  readonly #form: AscentForm
  readonly #graph: StepGraph
  readonly #session: StepSession
  readonly #decoder: Session
  readonly #output: string
  #target: AscentTarget | undefined
  #fixed: HostTensors = {}
  /** At the last step, a picture's share, without what restrains it. */
  excited = NaN
  /** Its size, which relative weights count in. */
  size = 0

  private constructor(form: AscentForm, graph: StepGraph, session: StepSession, decoder: Session, output: string) {
    this.#form = form
    this.#graph = graph
    this.#session = session
    this.#decoder = decoder
    this.#output = output
  }

  /** Throws 'gradient-missing', 'gradient-refused', 'shape-unknown', 'input-required', 'layer-invalid'. */
  static async open({ runtime, network, display }: AscentPlace, form: AscentForm): Promise<Ascent> {
    const { shape, parameterisation } = form
    const { inUse } = await runtime.device()
    const target = runtime.loweringOf(inUse)
    const initial = parameterisation.initial(shape, createRandom(0))
    const parameters = dimsOf(initial)
    const graph = buildStepGraph({ ...form, network: networkAt(network, display, shape), parameters, target })
    const session = await runtime.openSteps(graph.model, { device: inUse, lane, weights: network, loop: graph.loop, initial: { ...initial, ...zeros(graph.memory) } })
    try {
      const { decoder, output } = await openDecoder(runtime, form, parameters, target)
      return new Ascent(form, graph, session, decoder, output)
    } catch (error) {
      await session.dispose()
      throw error
    }
  }

  /** From a seeded beginning, or from kept state. */
  async begin(target: AscentTarget, state?: HostTensors, size = 0): Promise<void> {
    this.size = size
    const { shape, parameterisation } = this.#form
    this.#target = target
    const initial = parameterisation.initial(shape, createRandom(streamSeed(target.seed, streams.picture)))
    await this.#session.writeState({ ...initial, ...zeros(this.#graph.memory), ...state })
    const fixed: Record<string, HostTensor> = {}
    target.terms.forEach((term, index) => {
      const [dims, selector] = [this.#graph.fed[selectorInput(index)], selectorOf(term, shape.batch)]
      if (dims && selector) fixed[selectorInput(index)] = floatTensor(dims, selector)
      const reference = target.references.get(index)
      if (this.#graph.fed[referenceInput(index)] && reference) fixed[referenceInput(index)] = reference
    })
    this.#fixed = fixed
  }

  /** The objective at step t, counted from 1, as the network saw it through that step's viewpoint; summed over the batch. */
  async step(t: number, signal?: AbortSignal): Promise<number> {
    const { shape, optimiser, parameterisation } = this.#form
    const target = this.#target
    if (!target) throw new AppError('bug', 'Internal error: a step before its target. Please report it.')
    const random = (stream: number) => createRandom(streamSeed(streamSeed(target.seed, stream), t))
    const rate = (target.rate ?? optimiser.rate * (optimiser.id === 'adam' ? parameterisation.pace ?? 1 : 1))
    const feeds: Record<string, HostTensor> = {
      ...this.#fixed, [gridInput]: drawGrid(random(streams.viewpoint), target.transforms, shape.batch, shape), [rateInput]: scalar(rate),
      ...Object.fromEntries(Object.entries(optimiser.feeds(t)).map(([name, value]) => [name, scalar(value)])),
    }
    if (this.#graph.fed[sizeInput]) feeds[sizeInput] = scalar(this.size)
    const background = this.#graph.fed[backgroundInput]
    if (background) feeds[backgroundInput] = patches(random(streams.background), background)
    const { [this.#graph.value]: value, [this.#graph.excited]: excited } = await this.#session.step(feeds, [...new Set([this.#graph.value, this.#graph.excited])], signal ? { signal } : {})
    this.excited = Number(excited?.data[0]) / shape.batch
    this.size = Math.abs(this.excited)
    return Number(value?.data[0])
  }

  /** As they are now: [1, planes, H, W] in display space, one of each of the batch. */
  async pictures(): Promise<FloatTensor[]> {
    const { shape, parameterisation } = this.#form
    const names = Object.keys(parameterisation.initial({ ...shape, batch: 1 }, createRandom(0)))
    const { [this.#output]: drawn } = await this.#decoder.run(await this.#session.readState(names), [this.#output])
    const data = drawn?.data as Float32Array
    const size = planesOf(shape) * shape.height * shape.width
    return Array.from({ length: shape.batch }, (_, index) => floatTensor([1, planesOf(shape), shape.height, shape.width], data.slice(index * size, (index + 1) * size)))
  }

  state(): Promise<Record<string, HostTensor>> { return this.#session.readState() }

  async dispose(): Promise<void> {
    await this.#session.dispose()
    await this.#decoder.dispose()
  }
}

/** The network from pictures in display space on, for this batch and extent. */
export function networkAt(network: Network, display: DisplaySpace, { batch, height, width, channels }: PictureShape): Model {
  const { input, layout } = display.preprocessing
  const declared = network.inputs.find(({ name }) => name === input)?.dims ?? []
  const dims = declared.length === 4 ? (layout === 'NHWC' ? [batch, height, width, channels] : [batch, channels, height, width]) : [batch, ...declared.slice(1)]
  return specialize(network.normalized, { dims: { [input]: dims }, batch, display: { ...display, preprocessing: { ...display.preprocessing, height, width } } }).model
}

async function openDecoder(runtime: Runtime, { parameterisation, shape }: AscentForm, parameters: Readonly<Record<string, readonly number[]>>, target: LoweringTarget): Promise<{ decoder: Session; output: string }> {
  const { model, output } = buildPictureGraph(parameterisation, parameters, shape, target)
  return { decoder: await runtime.open(model, { lane }), output }
}

/** Random colors in random squares: nothing that a transparent picture could lean on. */
function patches(random: ReturnType<typeof createRandom>, dims: readonly number[]): FloatTensor {
  const [batch = 1, channels = 1, height = 1, width = 1] = dims
  const side = Math.max(1, random.integer(1, Math.max(1, Math.floor(Math.min(height, width) / 4))))
  const columns = Math.ceil(width / side)
  const rows = Math.ceil(height / side)
  const values = Float32Array.from({ length: batch * channels * rows * columns }, () => random.uniform())
  const plane = height * width
  return floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, (_, at) => {
    const [row, column] = [Math.floor((at % plane) / width), at % width]
    return values[(Math.floor(at / plane) * rows + Math.floor(row / side)) * columns + Math.floor(column / side)] ?? 0.5
  }))
}

const scalar = (value: number): HostTensor => floatTensor([], Float32Array.of(value))
const dimsOf = (tensors: Readonly<Record<string, FloatTensor>>): Record<string, readonly number[]> => Object.fromEntries(Object.entries(tensors).map(([name, { dims }]) => [name, dims]))
const zeros = (shapes: Readonly<Record<string, readonly number[]>>): Record<string, FloatTensor> => Object.fromEntries(Object.entries(shapes).map(([name, dims]) => [name, floatTensor(dims, new Float32Array(elementCount(dims)))]))
