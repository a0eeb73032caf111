/** `Runtime` over worker threads (or this thread). */
import { totalmem } from 'node:os'
import type { Device, DeviceChoice, DeviceId, Settings } from '#contract/application.ts'
import { isAppError, type AppError, type ErrorCode } from '#contract/errors.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { Model } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { writeModel } from '../onnx/write.ts'
import { blockConvolutions } from './blocked/block-convolutions.ts'
import { findBlockSize } from './blocked/block-size.ts'
import { hasChangingKernels } from './blocked/convolution.ts'
import { workerChannel } from './channels.ts'
import { DeviceRegistry } from './device-registry.ts'
import { loweringTargets } from './devices.ts'
import { withEndOfOutputs } from './filled-run.ts'
import { fitModel } from './fit-model.ts'
import { HostedSession, HostedStepSession } from './hosted-session.ts'
import { InlineHost } from './inline-host.ts'
import { RemoteHost } from './remote-host.ts'
import type { CachedSource, Runtime, RuntimeOptions, SessionOptions, StepOptions, WeightSource } from './runtime.ts'
import { SessionCache } from './session-cache.ts'
import type { SessionHost } from './session-host.ts'
import type { ModelSource, Session, StepSession } from './session.ts'
import { stateReader } from './state-reader.ts'

export function createRuntime(options: RuntimeOptions = {}): Runtime {
  return new HostedRuntime(options)
}

/** After these, a device is not trusted with the model again and the CPU takes over. */
const deviceFailures: ReadonlySet<ErrorCode> = new Set(['run-failed', 'device-unavailable', 'engine-lost', 'model-invalid', 'model-unsupported', 'out-of-memory'])

class HostedRuntime implements Runtime {
  #options: RuntimeOptions
  #requested: Settings['device']
  #threads: number
  #hosts = new Map<string, SessionHost>()
  #registry: DeviceRegistry
  #choice: Promise<DeviceChoice> | undefined
  #cache: SessionCache
  #nextSession = 0
  #blockSize: Promise<number | undefined> | undefined
  /** Keys whose model a device failed on. */
  #onCpu = new Set<string>()

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#requested = options.device ?? 'auto'
    this.#threads = options.threads ?? 0
    this.#cache = new SessionCache(options.cacheBytes ?? totalmem() / 4)
    this.#registry = this.#makeRegistry()
  }

  async configure({ device = this.#requested, threads = this.#threads }: { readonly device?: Settings['device']; readonly threads?: number }): Promise<void> {
    if (device === this.#requested && threads === this.#threads) return
    if (threads !== this.#threads) {
      this.#threads = threads
      this.#registry = this.#makeRegistry()
    }
    this.#requested = device
    this.#choice = undefined
    this.#onCpu.clear()
    await this.#cache.drop()
  }

  async devices(again = false): Promise<Device[]> {
    if (again) this.#choice = undefined
    return this.#registry.list(again)
  }

  device(): Promise<DeviceChoice> {
    if (!this.#choice) {
      const choice = this.#registry.choose(this.#requested).then((made) => {
        if (made.fallback !== undefined) this.#notice(`${made.fallback} The CPU is used.`)
        return made
      })
      this.#choice = choice
      choice.catch(() => { if (this.#choice === choice) this.#choice = undefined })
    }
    return this.#choice
  }

  loweringOf(device: DeviceId): LoweringTarget {
    return loweringTargets[device]
  }

  async open(model: Model | ModelSource, { device, lane, weights }: SessionOptions = {}): Promise<Session> {
    const on = device ?? (await this.device()).inUse
    const { host } = this.#hostFor(on, lane)
    const session = this.#nextSession++
    const source = 'graph' in model ? await sourceOf(fitModel(model, on), weights) : model
    const opened = await host.ask<'open'>({ type: 'open', session, source, device: on, threads: this.#threads })
    return new HostedSession(host, session, on, opened)
  }

  async openSteps(model: Model, { device, lane, weights, loop, initial, guard }: StepOptions): Promise<StepSession> {
    const on = device ?? (await this.device()).inUse
    const { host } = this.#hostFor(on, lane)
    const session = this.#nextSession++
    const fitted = fitModel(model, on)
    const block = on === 'cpu' && hasChangingKernels(fitted.graph) ? await this.#findBlockSize(host) : undefined
    const blocked = block === undefined ? fitted : blockConvolutions(fitted, inferShapes(fitted), block)
    // On a device every output is fetched, and stays there.
    const source = await sourceOf(on === 'webgpu' ? blocked : withEndOfOutputs(blocked), weights)
    const opened = await host.ask<'open'>({ type: 'open', session, source, device: on, threads: this.#threads, loop, initial, reader: stateReader(initial), outputs: model.graph.outputs.map((output) => output.name), ...(guard ? { guard } : {}) })
    return new HostedStepSession(host, session, on, opened, loop)
  }

  /** Asked once; again where the engine was lost over it. */
  #findBlockSize(host: SessionHost): Promise<number | undefined> {
    return (this.#blockSize ??= findBlockSize(host, this.#nextSession++).catch((error: unknown) => {
      this.#blockSize = undefined
      throw error
    }))
  }

  async use<T>(key: string, build: (device: DeviceId) => CachedSource | Promise<CachedSource>, body: (session: Session) => Promise<T>, { device, lane }: SessionOptions = {}): Promise<T> {
    const wanted = device ?? (await this.device()).inUse
    const on = this.#onCpu.has(key) ? 'cpu' : wanted
    try {
      return await this.#useOn(on, key, build, body, lane)
    } catch (error) {
      if (on === 'cpu' || !isAppError(error) || !deviceFailures.has(error.code)) throw error
      this.#onCpu.add(key)
      this.#notice(`${titles[on]} could not run this model and the CPU took over: ${error.message}`)
      return this.#useOn('cpu', key, build, body, lane)
    }
  }

  async drop(keyPrefix: string): Promise<void> {
    await this.#cache.drop((key) => key.slice(key.indexOf(separator) + 1).startsWith(keyPrefix))
  }

  async dispose(): Promise<void> {
    const hosts = [...this.#hosts.values()]
    this.#hosts.clear()
    await Promise.all(hosts.map((host) => host.close()))
    await this.#cache.drop()
  }

  async #useOn<T>(device: DeviceId, key: string, build: (device: DeviceId) => CachedSource | Promise<CachedSource>, body: (session: Session) => Promise<T>, lane: string | undefined): Promise<T> {
    const { name } = this.#hostFor(device, lane)
    const open = async () => {
      const { source, bytes } = await build(device)
      return { session: await this.open(source, { device, ...(lane === undefined ? {} : { lane }) }), bytes }
    }
    return this.#cache.use(`${name}/${device}${separator}${key}`, open, body)
  }

  /**
   * One worker a lane for the CPU, and one for all that runs on a graphics card: onnxruntime's WebGPU provider ends the
   * process (segmentation fault, 1.30) when two threads use it at once.
   */
  #hostFor(device: DeviceId, lane = 'main'): { name: string; host: SessionHost } {
    const name = device === 'cpu' ? `cpu:${lane}` : 'accelerator'
    let host = this.#hosts.get(name)
    if (!host) {
      host = this.#options.host === 'inline' ? new InlineHost() : new RemoteHost(workerChannel, (error) => { void this.#lost(name, error) })
      this.#hosts.set(name, host)
    }
    return { name, host }
  }

  async #lost(name: string, error: AppError): Promise<void> {
    this.#notice(error.message)
    await this.#cache.drop((key) => key.startsWith(`${name}/`))
  }

  #makeRegistry(): DeviceRegistry {
    return new DeviceRegistry({ threads: this.#threads, ...(this.#options.deviceRecordFile === undefined ? {} : { recordFile: this.#options.deviceRecordFile }) })
  }

  #notice(message: string): void {
    this.#options.onNotice?.(message)
  }
}

const sourceOf = async (model: Model, weights: WeightSource | undefined): Promise<ModelSource> => (weights ? weights.sourceOf(model) : { kind: 'bytes', bytes: writeModel(model), owned: true })

const separator = '\n'
const titles: Readonly<Record<DeviceId, string>> = { cpu: 'The CPU', webgpu: 'The GPU (WebGPU)', cuda: 'The GPU (CUDA)', dml: 'The GPU (DirectML)', coreml: 'Core ML' }
