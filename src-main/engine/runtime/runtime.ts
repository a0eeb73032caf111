/** The one way to onnxruntime: sessions on devices, cached, in worker threads. */
import type { Device, DeviceChoice, DeviceId, Settings } from '#contract/application.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { Model } from '../onnx/model.ts'
import type { HostTensors } from './host-tensor.ts'
import type { ModelSource, Session, StepSession } from './session.ts'

export interface RuntimeOptions {
  /** 'worker' (default): sessions live in a worker thread and this thread stays free. 'inline': in this thread, for tests and `bench`. */
  readonly host?: 'worker' | 'inline'
  readonly device?: Settings['device']
  /** Threads inside one operator; 0 (default) lets onnxruntime choose, one per physical core. */
  readonly threads?: number
  /** Estimated bytes of cached sessions above which the least recently used go. A quarter of this machine's memory unless said. */
  readonly cacheBytes?: number
  /** File that keeps the devices' self-tests between starts. */
  readonly deviceRecordFile?: string
  /** Things to tell the user that no call of theirs returned: a device fell back, a worker was restarted. */
  readonly onNotice?: (message: string) => void
}

/** What a cached session is made from. */
export interface CachedSource {
  readonly source: ModelSource
  /** Estimate of what the session will hold: weights and intermediate values. */
  readonly bytes: number
}

/** Knows where large weights lie in a file, so that sessions map them from there (a network). */
export interface WeightSource {
  sourceOf(model: Model): Promise<ModelSource>
}

export interface SessionOptions {
  /** The device in use unless said. */
  readonly device?: DeviceId
  /** Sessions of different lanes run side by side in different workers (a long training run beside an explanation). 'main' unless said. */
  readonly lane?: string
  /** Of a model that is opened as such: where its weights lie. Where absent they are written into the session's bytes. */
  readonly weights?: WeightSource
}

export interface StepOptions extends SessionOptions {
  /** State input -> output that becomes its next content. */
  readonly loop: Readonly<Record<string, string>>
  /** Content of the state inputs before the first step. */
  readonly initial: HostTensors
  /** Outputs of float32: a step that makes one of them NaN or infinite leaves the state as it was. */
  readonly guard?: readonly string[]
}

export interface Runtime {
  /** Changes device or threads. Cached sessions are made anew; those that callers own stay as they are. */
  configure(settings: { readonly device?: Settings['device']; readonly threads?: number }): Promise<void>
  /** Every device this platform could have, self-tested once (`again`: anew). */
  devices(again?: boolean): Promise<Device[]>
  /** The device in use; tests the candidates on first call where the setting is 'auto' or not 'cpu'. */
  device(): Promise<DeviceChoice>
  /** What the lowering of a backward graph has to know of that device. */
  loweringOf(device: DeviceId): LoweringTarget
  /**
   * A session that the caller owns and disposes, of a model as it fits the device, or of a source as it is.
   * Throws 'engine-lost' from its `run` once the worker that holds it was restarted.
   */
  open(model: Model | ModelSource, options?: SessionOptions): Promise<Session>
  /** A session whose outputs feed its inputs. `model` rather than bytes: its outputs are placed by name. */
  openSteps(model: Model, options: StepOptions): Promise<StepSession>
  /**
   * Runs `body` with the cached session of that key, made from what `build` gives for the device where there is none. It is
   * not evicted while `body` runs. A device that fails is left for the CPU, with a notice, and `body` runs once more.
   */
  use<T>(key: string, build: (device: DeviceId) => CachedSource | Promise<CachedSource>, body: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>
  /** Disposes the cached sessions whose key begins so. */
  drop(keyPrefix: string): Promise<void>
  dispose(): Promise<void>
}
