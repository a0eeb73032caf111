/** Forward and backward passes of one network: sessions by size, batch, display space and what is asked for. */
import { randomUUID } from 'node:crypto'
import type { DeviceId } from '#contract/application.ts'
import { AppError, invariant, isAppError } from '#contract/errors.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { seedInputOf } from '../autodiff/target.ts'
import { pruneTo } from '../onnx/extract.ts'
import type { Model } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { fitModel } from '../runtime/fit-model.ts'
import { hostTensorOf, isFloat } from '../runtime/host-tensor.ts'
import type { FloatTensor, HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { CachedSource, Runtime, SessionOptions } from '../runtime/runtime.ts'
import type { RunControls, Session } from '../runtime/session.ts'
import { activationBytes } from './activation-bytes.ts'
import { asType, eachPicture, stacked, summed } from './batching.ts'
import { specialize } from './compute-model.ts'
import type { Specialized } from './compute-model.ts'
import { displayChannels, displayKey } from './display-space.ts'
import type { DisplaySpace } from './display-space.ts'
import { inWords } from './in-words.ts'
import { displayInput } from './network.ts'
import type { BatchOptions, ForwardOptions, GradientRequest, GradientResult, NetworkInput } from './network.ts'
import { tensorBytes } from './weight-store.ts'
import type { WeightStore } from './weight-store.ts'

export interface PassesOptions {
  readonly runtime: Runtime
  readonly lane?: string | undefined
  /** Of any size; see `normalizedModel`. */
  readonly normalized: Model
  readonly inputs: readonly NetworkInput[]
  /** At the network's own size and batch 1. */
  readonly compute: Model
  readonly facts: ReadonlyMap<string, Fact>
  readonly weights: WeightStore
}

interface Size {
  readonly dims: Readonly<Record<string, readonly number[]>>
  readonly batch: number
  readonly display?: DisplaySpace
  /** Sizes with equal keys share a specialised model. */
  readonly key: string
}

/** Names of the outputs of a backward session. */
interface Plan {
  readonly gradients: ReadonlyMap<string, string>
}

/** Batches worth running at once: more pictures bring no more speed, only memory. */
const largestBatch = 16
/**
 * Activations of one batch. On the CPU a batch that outgrows the caches is slower than its pictures one by one: SqueezeNet's gradient
 * took 11.4 ms a picture alone and 12.6 in tens; its forward pass 3.7 ms alone, 3.0 in fours and eights, 3.3 in sixteens and 4.1 in
 * sixty-fours. A GPU wants to be filled.
 */
const batchMemoryBytes = (device: DeviceId, forwardOnly: boolean): number => (device === 'cpu' ? (forwardOnly ? 160 : 16) : 512) * 2 ** 20

export class Passes {
  #options: PassesOptions
  #prefix = `${randomUUID()}/`
  #specialized = new Map<string, Specialized>()
  #plans = new Map<string, Plan>()
  #batches: boolean | undefined

  constructor(options: PassesOptions) {
    this.#options = options
  }

  get batches(): boolean {
    return (this.#batches ??= this.#allowsBatches())
  }

  async batchFor(samples: number, { largest = largestBatch, forwardOnly = false }: BatchOptions = {}): Promise<number> {
    if (!this.batches) return 1
    const { inUse } = await this.#options.runtime.device()
    const fitting = Math.max(1, Math.floor(batchMemoryBytes(inUse, forwardOnly) / Math.max(1, activationBytes(this.#options.compute, this.#options.facts))))
    const limit = Math.min(samples, largest, fitting)
    // A divisor makes every batch equal, so that one session serves all; the remainder is padded otherwise.
    for (let batch = limit; batch > limit / 2; batch--) if (samples % batch === 0) return batch
    return limit
  }

  async forward(inputs: HostTensors, fetches: readonly string[], { display, signal, onRan }: ForwardOptions): Promise<Record<string, HostTensor>> {
    const size = this.#sizeOf(inputs, display)
    const known = this.#known(inputs, fetches)
    const wanted = [...new Set(fetches)].filter((name) => !(name in known)).sort()
    if (wanted.length === 0) return known
    if (size.batch > 1 && !this.#scales(size, wanted)) {
      const parts: Record<string, HostTensor>[] = []
      for (const picture of eachPicture(inputs, size.batch)) parts.push(await this.forward(picture, wanted, { ...(display ? { display } : {}), ...(signal ? { signal } : {}), ...(onRan ? { onRan } : {}) }))
      return { ...known, ...Object.fromEntries(wanted.map((name) => [name, stacked(parts.map((part) => part[name] ?? missing(name)))])) }
    }
    const build = async (device: DeviceId): Promise<CachedSource> => {
      const { model, facts } = this.#with(size, wanted)
      const part = fitModel(pruneTo(model, wanted), device)
      return { source: await this.#options.weights.sourceOf(part), bytes: weightBytes(part) + activationBytes(part, facts) / 2 }
    }
    const results = await this.#use(`forward|${size.key}|${wanted.join('\n')}`, build, async (session) => {
      const began = performance.now()
      const values = await session.run(this.#feeds(session, inputs, size), wanted, signal ? { signal } : {})
      onRan?.(performance.now() - began)
      return values
    })
    return { ...known, ...results }
  }

  async gradient(request: GradientRequest, { signal }: RunControls): Promise<GradientResult> {
    const { of, seed, inputs, display } = request
    const size = this.#sizeOf(inputs, display)
    const wrt = [...new Set(request.wrt)].sort()
    const known = this.#known(inputs, request.fetches ?? [])
    const keep = [...new Set(request.fetches)].filter((name) => !(name in known)).sort()
    if (size.batch > 1 && !this.#scales(size, [of, ...wrt, ...keep])) return this.#oneByOne(request, size.batch, { wrt, keep, known }, signal)

    const ofDims = staticDims(this.#at(size).facts.get(of)?.shape)
    if (ofDims && ofDims.join() !== seed.dims.join())
      throw new AppError('shape-mismatch', `The seed of '${of}' has shape [${seed.dims.join(', ')}]; the value has [${ofDims.join(', ')}].`)
    const key = `gradient|${size.key}|${[of, '', ...wrt, '', ...keep].join('\n')}`
    const build = async (device: DeviceId): Promise<CachedSource> => {
      const { model, facts } = this.#with(size, [of, ...wrt, ...keep])
      const backward = inWords([[displayInput, 'the picture']], () => differentiate(model, facts, { of: { kind: 'seed', tensor: of }, wrt }, { target: this.#options.runtime.loweringOf(device), keep }))
      this.#plans.set(`${key}|${device}`, { gradients: backward.gradients })
      return { source: await this.#options.weights.sourceOf(fitModel(backward.model, device)), bytes: weightBytes(backward.model) + 2 * activationBytes(model, facts) }
    }
    const feeds = { ...inputs, [seedInputOf({ kind: 'seed', tensor: of })]: seed }
    return this.#use(key, build, async (session) => {
      const plan = this.#plans.get(`${key}|${session.device}`)
      invariant(plan, 'a backward session without its plan')
      const results = await session.run(this.#feeds(session, feeds, size), [...plan.gradients.values(), ...keep], signal ? { signal } : {})
      const gradients = [...plan.gradients].map(([name, output]): [string, FloatTensor] => [name, floatOf(results[output] ?? missing(output))])
      return { gradients: Object.fromEntries(gradients), values: { ...known, ...Object.fromEntries(keep.map((name) => [name, results[name] ?? missing(name)])) } }
    })
  }

  /** The weights are the network's to dispose. */
  async dispose(): Promise<void> {
    await this.#options.runtime.drop(this.#prefix)
  }

  async #oneByOne(request: GradientRequest, batch: number, { wrt, keep, known }: { wrt: readonly string[]; keep: readonly string[]; known: Record<string, HostTensor> }, signal: AbortSignal | undefined): Promise<GradientResult> {
    const { seed: seeds = request.seed, ...pictures } = { seed: request.seed, ...request.inputs } as HostTensors
    const parts: GradientResult[] = []
    for (const { seed, ...inputs } of eachPicture({ seed: seeds, ...pictures }, batch))
      parts.push(await this.gradient({ ...request, seed: floatOf(seed ?? missing('seed')), inputs, fetches: keep }, signal ? { signal } : {}))
    // What every picture shares adds up; what each has of its own is put side by side.
    const joined = (name: string): FloatTensor => {
      const all = parts.map((part) => part.gradients[name] ?? missing(name))
      return floatOf(this.#options.compute.graph.initializers.has(name) ? summed(all) : stacked(all))
    }
    return {
      gradients: Object.fromEntries(wrt.map((name) => [name, joined(name)])),
      values: { ...known, ...Object.fromEntries(keep.map((name) => [name, stacked(parts.map((part) => part.values[name] ?? missing(name)))])) },
    }
  }

  #use<T>(key: string, build: (device: DeviceId) => Promise<CachedSource>, body: (session: Session) => Promise<T>): Promise<T> {
    const { runtime, lane } = this.#options
    const options: SessionOptions = lane === undefined ? {} : { lane }
    return runtime.use(`${this.#prefix}${key}`, build, body, options)
  }

  /** Values that need no run: what is fed, and constants. */
  #known(inputs: HostTensors, names: readonly string[]): Record<string, HostTensor> {
    const { initializers } = this.#options.compute.graph
    const found = names.flatMap((name): [string, HostTensor][] => {
      const tensor = initializers.get(name)
      const value = inputs[name] ?? (tensor && hostTensorOf(tensor))
      return value ? [[name, value]] : []
    })
    return Object.fromEntries(found)
  }

  #sizeOf(feeds: HostTensors, display: DisplaySpace | undefined): Size {
    const picture = display && feeds[displayInput]
    if (display && !picture) throw new AppError('input-required', `The picture in display space ('${displayInput}') is not among the inputs.`)
    const batch = picture ? (picture.dims[0] ?? 1) : this.#batchOf(feeds)
    const dims = Object.fromEntries(this.#options.inputs.map((input): [string, readonly number[]] => {
      if (picture && input.name === display.preprocessing.input) return [input.name, pictureDims(input, display, picture)]
      const feed = feeds[input.name]
      return [input.name, feed ? feed.dims : [(input.dims[0] ?? 1) * batch, ...input.dims.slice(1)].slice(0, input.dims.length)]
    }))
    return { dims, batch, ...(display ? { display } : {}), key: JSON.stringify([dims, display ? displayKey(display) : '']) }
  }

  #batchOf(feeds: HostTensors): number {
    const input = this.#options.inputs.find(({ name }) => name in feeds)
    const rows = input && feeds[input.name]?.dims[0]
    if (!input || rows === undefined || input.dims[0] === undefined) return 1
    const batch = rows / input.dims[0]
    return Number.isInteger(batch) && batch > 0 ? batch : 1
  }

  #at(size: Size): Specialized {
    const known = this.#specialized.get(size.key)
    if (known) return known
    const { normalized, inputs, compute, facts } = this.#options
    // The network's own size is specialised already, with facts that a run completed.
    const isOwn = !size.display && inputs.every(({ name, dims }) => size.dims[name]?.join() === dims.join())
    const made = isOwn ? { model: compute, facts } : specialize(normalized, size)
    this.#specialized.set(size.key, made)
    return made
  }

  /** The same; throws where one of the values cannot be computed at that size. */
  #with(size: Size, names: readonly string[]): Specialized {
    const at = this.#at(size)
    const lost = at.cut && names.find((name) => !at.facts.has(name))
    if (lost !== undefined && this.#options.facts.has(lost))
      throw new AppError('shape-mismatch', `'${lost}' cannot be computed at input ${Object.entries(size.dims).map(([name, dims]) => `'${name}' [${dims.join(', ')}]`).join(', ')}: ${at.cut?.reason} The model can be computed up to ${at.cut?.ends.map((name) => `'${name}'`).join(', ')}.`, { data: { ...at.cut } })
    return at
  }

  #allowsBatches(): boolean {
    const pictures = 2
    const { inputs, compute } = this.#options
    if (inputs.length === 0 || inputs.some(({ dims }) => dims.length === 0)) return false
    const dims = Object.fromEntries(inputs.map((input) => [input.name, [(input.dims[0] ?? 1) * pictures, ...input.dims.slice(1)]]))
    return this.#scales({ dims, batch: pictures, key: JSON.stringify([dims, '']) }, compute.graph.outputs.map((output) => output.name))
  }

  /** Whether each of those values has its rows of every picture, one after another, at that batch size. */
  #scales(size: Size, names: readonly string[]): boolean {
    const { facts, compute } = this.#options
    try {
      const at = this.#at(size)
      return names.every((name) => {
        if (compute.graph.initializers.has(name) || name === displayInput) return true
        const one = staticDims(facts.get(name)?.shape)
        const many = staticDims(at.facts.get(name)?.shape)
        return one !== undefined && many !== undefined && one.length > 0 && [(one[0] ?? 1) * size.batch, ...one.slice(1)].join() === many.join()
      })
    } catch (error) {
      if (isAppError(error)) return false
      throw error
    }
  }

  /** What the session wants of what was given, in its element types. */
  #feeds(session: Session, given: HostTensors, size: Size): HostTensors {
    const { model } = this.#at(size)
    return Object.fromEntries(session.inputNames.map((name) => {
      const feed = given[name]
      if (!feed) throw new AppError('input-required', `The model needs its input '${name}'; given ${Object.keys(given).map((key) => `'${key}'`).join(', ') || 'nothing'}.`)
      const type = model.graph.inputs.find((input) => input.name === name)?.type
      return [name, type?.kind === 'tensor' ? asType(feed, type.dataType) : feed]
    }))
  }
}

/** The model's own input for that many pictures of the record's size. */
function pictureDims(input: NetworkInput, display: DisplaySpace, picture: HostTensor): readonly number[] {
  const { height, width, layout } = display.preprocessing
  const channels = displayChannels(display)
  const [batch = 1, ...rest] = picture.dims
  if (rest.join() !== [channels, height, width].join())
    throw new AppError('shape-mismatch', `The picture has shape [${picture.dims.join(', ')}]; [${batch}, ${channels}, ${height}, ${width}] was expected by the preprocessing record.`)
  if (input.dims.length === 4) return layout === 'NHWC' ? [batch, height, width, channels] : [batch, channels, height, width]
  return elementCount(input.dims.slice(1)) === channels * height * width ? [batch, ...input.dims.slice(1)] : input.dims
}

const missing = (name: string): never => { throw new AppError('bug', `Internal error: the session did not return '${name}'. Please report it.`) }

function floatOf(tensor: HostTensor): FloatTensor {
  const float = asType(tensor, 'float32')
  invariant(isFloat(float), 'a tensor was not converted to float32')
  return float
}

const weightBytes = ({ graph }: Model): number => [...graph.initializers.values()].reduce((sum, tensor) => sum + tensorBytes(tensor), 0)
