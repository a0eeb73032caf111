/** Opens models as networks. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { NetworkStructure, NetworkSummary } from '#contract/graph.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { collectGarbage } from '../lib/collect-garbage.ts'
import { indexGraph } from '../onnx/graph.ts'
import type { GraphIndex } from '../onnx/graph.ts'
import type { Model } from '../onnx/model.ts'
import { loadModel } from '../onnx/read.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { writeModel } from '../onnx/write.ts'
import type { FloatTensor, HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ModelSource, RunControls } from '../runtime/session.ts'
import { describeLayers } from '../structure/describe-layers.ts'
import { summarize } from '../structure/summary.ts'
import { normalizedModel, specialize } from './compute-model.ts'
import { networkInputs } from './input-sizes.ts'
import { measureShapes } from './measure-shapes.ts'
import type { BatchOptions, ForwardOptions, GradientRequest, GradientResult, Network, NetworkInput } from './network.ts'
import { Passes } from './passes.ts'
import { traceConstant } from './trace-constant.ts'
import { WeightStore } from './weight-store.ts'

export interface NetworkOptions {
  readonly runtime: Runtime
  /** Sizes of inputs in place of the declared ones, batch axis included (1). */
  readonly inputDims?: Readonly<Record<string, readonly number[]>>
  /** Sessions of different lanes run side by side. */
  readonly lane?: string
}

/** Throws what `loadModel` throws. A model that can be read but not run opens too: its passes throw 'model-unsupported' with the reason. */
export async function openNetwork(source: string | Model, options: NetworkOptions): Promise<Network> {
  const path = typeof source === 'string' ? source : undefined
  const weights = new WeightStore()
  try {
    const original = await weights.adopt(typeof source === 'string' ? await loadModel(source) : source)
    // The file's bytes are not needed any more.
    if (weights.bytes > 0) collectGarbage()
    return await makeNetwork(original, await fileFacts(original, path), path, weights, options)
  } catch (error) {
    await weights.dispose()
    throw error
  }
}

interface FileFacts {
  readonly id: string
  readonly bytes: number
}

async function fileFacts(model: Model, path: string | undefined): Promise<FileFacts> {
  if (path !== undefined) return { id: await fileHash(path), bytes: (await stat(path)).size }
  const bytes = writeModel(model)
  return { id: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength }
}

async function makeNetwork(original: Model, { id, bytes }: FileFacts, path: string | undefined, weights: WeightStore, options: NetworkOptions): Promise<Network> {
  const inputs = networkInputs(original, options.inputDims)
  const dims = Object.fromEntries(inputs.map((input) => [input.name, input.dims]))
  const runnable = await makeRunnable(original, inputs, weights, options)
  const facts = runnable.facts
  const seen = completed(inferred(original, dims), facts)
  return new OpenedNetwork({
    ...runnable, id, original, inputs, facts, weights,
    structure: describeLayers(original, seen),
    summary: summarize(original, seen, { ...(path === undefined ? {} : { path }), bytes }),
  })
}

interface Runnable {
  readonly compute: Model
  /** Absent where nothing can be run. */
  readonly normalized?: Model
  readonly facts: ReadonlyMap<string, Fact>
  readonly passes: Passes | AppError
}

async function makeRunnable(original: Model, inputs: readonly NetworkInput[], weights: WeightStore, { runtime, lane }: NetworkOptions): Promise<Runnable> {
  const dims = Object.fromEntries(inputs.map((input) => [input.name, input.dims]))
  try {
    const normalized = await weights.adopt(normalizedModel(original))
    const { model, facts } = specialize(normalized, { dims, batch: 1 })
    // A run shows more than inference where the graph decides shapes from content.
    const measured = await measureShapes(runtime, weights, model, inputs, facts).catch(() => facts)
    return { compute: model, normalized, facts: measured, passes: new Passes({ runtime, lane, weights, normalized, inputs, compute: model, facts: measured }) }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { compute: original, facts: inferred(original, dims), passes: error }
  }
}

function inferred(model: Model, dims: Readonly<Record<string, readonly number[]>>): ReadonlyMap<string, Fact> {
  try {
    return inferShapes(model, dims)
  } catch (error) {
    if (!isAppError(error)) throw error
    return new Map()
  }
}

const completed = (facts: ReadonlyMap<string, Fact>, by: ReadonlyMap<string, Fact>): ReadonlyMap<string, Fact> => new Map([...by, ...[...facts].map(([name, fact]): [string, Fact] => [name, fact.shape?.every((dim) => typeof dim === 'number') ? fact : (by.get(name) ?? fact)])])

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

interface Parts extends Runnable {
  readonly id: string
  readonly original: Model
  readonly inputs: readonly NetworkInput[]
  readonly structure: NetworkStructure
  readonly summary: NetworkSummary
  readonly weights: WeightStore
}

class OpenedNetwork implements Network {
  readonly id: string
  readonly original: Model
  readonly compute: Model
  readonly facts: ReadonlyMap<string, Fact>
  readonly inputs: readonly NetworkInput[]
  readonly outputs: readonly string[]
  readonly structure: NetworkStructure
  readonly summary: NetworkSummary
  #passes: Passes | AppError
  #weights: WeightStore
  #normalized: Model | undefined
  #index: GraphIndex | undefined

  constructor({ id, original, compute, normalized, facts, inputs, structure, summary, passes, weights }: Parts) {
    this.id = id
    this.original = original
    this.compute = compute
    this.facts = facts
    this.inputs = inputs
    this.outputs = original.graph.outputs.map((output) => output.name)
    this.structure = structure
    this.summary = summary
    this.#normalized = normalized
    this.#passes = passes
    this.#weights = weights
  }

  get normalized(): Model {
    return (this.#normalized ??= normalizedModel(this.original))
  }

  get batches(): boolean {
    return !isAppError(this.#passes) && this.#passes.batches
  }

  async batchFor(samples: number, options?: BatchOptions): Promise<number> {
    return isAppError(this.#passes) ? 1 : this.#passes.batchFor(samples, options)
  }

  async forward(inputs: HostTensors, fetches: readonly string[], options: ForwardOptions = {}): Promise<Record<string, HostTensor>> {
    return this.#runnable().forward(inputs, fetches, options)
  }

  async gradient(request: GradientRequest, controls: RunControls = {}): Promise<GradientResult> {
    return this.#runnable().gradient(request, controls)
  }

  constant(name: string): FloatTensor | undefined {
    const { graph } = this.original
    this.#index ??= indexGraph(graph)
    return traceConstant(graph, this.#index, name)
  }

  sourceOf(model: Model): Promise<ModelSource> {
    return this.#weights.sourceOf(model)
  }

  async dispose(): Promise<void> {
    if (!isAppError(this.#passes)) await this.#passes.dispose()
    await this.#weights.dispose()
  }

  #runnable(): Passes {
    if (isAppError(this.#passes)) throw this.#passes
    return this.#passes
  }
}
