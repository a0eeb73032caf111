/** The step graph at work: one call a step, its state read and set from outside. */
import { AppError } from '#contract/errors.ts'
import type { Tensor } from '../onnx/model.ts'
import type { Batch } from '../datasets/batches.ts'
import { prefetchBatches } from '../datasets/prefetch-batches.ts'
import type { PrefetchedBatches } from '../datasets/prefetch-batches.ts'
import { streamSeed } from '../lib/random.ts'
import type { NamedTensor } from '../lib/safetensors.ts'
import { tensorOf } from '../onnx/tensor-data.ts'
import { floatTensor, hostTensorOf } from '../runtime/host-tensor.ts'
import type { HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { StepSession } from '../runtime/session.ts'
import { drawMask } from './masks.ts'
import type { BuiltNetwork } from './network.ts'
import type { PreparedData } from './prepare.ts'
import { lossOf, optimizerOf } from './registries.ts'
import { streams } from './sampler.ts'
import { averageOf, buildStepGraph, rateInput, targetInput, weightsInput } from './step-graph.ts'
import type { StepGraph } from './step-graph.ts'
import { targetFeeds } from './targets.ts'

export interface StepRequest {
  /** Counted from 1, over the whole run. */
  readonly step: number
  readonly rate: number
  readonly batch: Batch
}

export interface StepResult {
  readonly loss: number
  /** Before clipping. */
  readonly gradientNorm: number
  /** By parameter, in the order of `Trainer.parameters`. */
  readonly gradientSquares: Float32Array
  /** [batch, outputs] */
  readonly output: Float32Array
  /** False where the loss or a gradient was NaN or infinite: the weights are as they were. */
  readonly applied: boolean
}

/** A batch of this many values, or one that is augmented, is made in a thread of its own. */
const valuesForThread = 2 ** 18

/** What is read of a step; the graph itself and its first state, as large as all moments together, are the session's. */
type StepOutputs = Pick<StepGraph, 'loss' | 'output' | 'gradientSquares' | 'parameters'>

export class Trainer {
  readonly #session: StepSession
  readonly #graph: StepOutputs
  readonly #network: BuiltNetwork
  readonly #data: PreparedData
  readonly #thread: PrefetchedBatches | undefined
  readonly parameters: readonly string[]

  private constructor(session: StepSession, graph: StepOutputs, network: BuiltNetwork, data: PreparedData, thread: PrefetchedBatches | undefined) {
    this.#session = session
    this.#graph = graph
    this.#network = network
    this.#data = data
    this.#thread = thread
    this.parameters = graph.parameters
  }

  /** `state`: content of a checkpoint; tensors of other names or shapes are passed over. */
  static async open(runtime: Runtime, network: BuiltNetwork, data: PreparedData, { lane, state, threaded = true }: { readonly lane: string; readonly state?: HostTensors | undefined; readonly threaded?: boolean }): Promise<Trainer> {
    const { recipe, batch, logPriors } = data
    const { inUse } = await runtime.device()
    const graph = buildStepGraph({ network, batch, target: runtime.loweringOf(inUse), loss: recipe.loss, optimizer: recipe.optimizer, averaging: recipe.averaging, ...(logPriors ? { logPriors } : {}) })
    const initial = Object.fromEntries([...graph.initial].map(([name, tensor]) => [name, sameShape(state?.[name], tensor) ?? hostTensorOf(tensor)]))
    const session = await runtime.openSteps(graph.model, { device: inUse, lane, loop: graph.loop, initial, guard: [graph.loss, graph.gradientSquares] })
    const { augment } = recipe
    const augments = augment.flipHorizontal || augment.flipVertical || [augment.shift, augment.rotate, augment.scale, augment.color, augment.erase].some((amount) => amount > 0)
    const values = batch * network.inputDims.reduce((product, dim) => product * dim, 1)
    const { loss, output, gradientSquares, parameters } = graph
    return new Trainer(session, { loss, output, gradientSquares, parameters }, network, data, threaded && (augments || values >= valuesForThread) ? prefetchBatches(data.batchOptions) : undefined)
  }

  get device(): string {
    return this.#session.device
  }

  /** The examples of a step, made ready; ask for the next ones while a step runs. */
  assemble(indices: Int32Array, step: number): Promise<Batch> {
    const seed = streamSeed(streamSeed(this.#data.recipe.seed, streams.augment), step)
    return this.#thread ? this.#thread.fetch({ indices, seed }) : Promise.resolve(this.#data.batches.assemble(indices, seed))
  }

  async step({ step, rate, batch }: StepRequest): Promise<StepResult> {
    const { recipe, batch: count, plan } = this.#data
    const { inputDims, outputDims, masks, input } = this.#network
    const { target, weights } = targetFeeds(plan.kind === 'reconstruction' ? batch.input : batch.target, count, plan, recipe.loss, lossOf(recipe.loss.kind))
    const maskSeed = streamSeed(streamSeed(recipe.seed, streams.mask), step)
    const feeds: Record<string, HostTensor> = {
      [input]: floatTensor([count, ...inputDims], batch.input),
      [targetInput]: floatTensor([count, ...outputDims], target),
      [rateInput]: scalar(rate),
    }
    if (weights) feeds[weightsInput] = floatTensor([count, ...outputDims.map(() => 1)], weights)
    for (const [name, value] of Object.entries(optimizerOf(recipe.optimizer.kind).feeds(step))) feeds[name] = scalar(value)
    masks.forEach((mask, index) => { feeds[mask.name] = floatTensor([count, ...mask.dims], drawMask(mask, count, streamSeed(maskSeed, index))) })
    const { loss, output, gradientSquares } = this.#graph
    const results = await this.#session.step(feeds, [loss, output, gradientSquares])
    const [lossValue, outputs, squares] = [loss, output, gradientSquares].map((name) => results[name]?.data as Float32Array | undefined)
    if (!lossValue || !outputs || !squares) throw new AppError('bug', 'Internal error: a training step returned nothing. Please report it.')
    const gradientNorm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
    return { loss: lossValue[0] ?? NaN, gradientNorm, gradientSquares: squares, output: outputs, applied: Number.isFinite(lossValue[0]) && squares.every(Number.isFinite) }
  }

  /** The whole state, or these parts of it. */
  state(names?: readonly string[]): Promise<Record<string, HostTensor>> {
    return this.#session.readState(names)
  }

  /** Parameters and running averages as they are evaluated and exported. */
  async weights(): Promise<ReadonlyMap<string, Tensor>> {
    const names = [...this.parameters, ...this.#network.running.keys()]
    const read = names.map((name) => (this.#data.recipe.averaging > 0 && this.#network.parameters.has(name) ? averageOf(name) : name))
    const state = await this.state(read)
    return new Map(names.flatMap((name, index) => { const tensor = state[read[index] ?? name]; return tensor ? [[name, tensorOf(tensor.dataType, tensor.dims, tensor.data)] as const] : [] }))
  }

  async dispose(): Promise<void> {
    await this.#thread?.dispose()
    await this.#session.dispose()
  }
}

const scalar = (value: number): HostTensor => floatTensor([], Float32Array.of(value))

function sameShape(held: HostTensor | undefined, tensor: Tensor): HostTensor | undefined {
  return held?.dims.length === tensor.dims.length && held.dims.every((dim, axis) => dim === tensor.dims[axis]) ? held : undefined
}

/** Weights of a checkpoint's tensors, averaged ones first. */
export function weightsOf(network: BuiltNetwork, tensors: ReadonlyMap<string, NamedTensor>): ReadonlyMap<string, Tensor> {
  return new Map([...network.parameters.keys(), ...network.running.keys()].flatMap((name) => {
    const tensor = tensors.get(averageOf(name)) ?? tensors.get(name)
    return tensor ? [[name, tensorOf('float32', tensor.dims, tensor.data)] as const] : []
  }))
}
