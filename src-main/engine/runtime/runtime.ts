/** The one way to onnxruntime: sessions on devices, cached, in worker threads. */
import type { Device, DeviceChoice, DeviceId, Settings } from '#contract/application.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { HostTensors } from './host-tensor.ts'
import type { ModelSource, Session, StepSession } from './session.ts'

export interface RuntimeOptions {
  /** 'worker' (default): sessions live in a worker thread and this thread stays free. 'inline': in this thread, for tests and `bench`. */
  readonly host?: 'worker' | 'inline'
  readonly device?: Settings['device']
  /** Threads inside one operator; 0 (default) lets onnxruntime choose, one per physical core. */
  readonly threads?: number
  /** Bytes of session memory (weights, as estimated from the model's size) above which the least recently used sessions go. Default 2 GiB. */
  readonly cacheBytes?: number
  /** Where large weights are written so that sessions map one copy; a temporary folder of this process by default. */
  readonly cacheFolder?: string
  /** Things to tell the user that no call of theirs returned: a device fell back, a worker was restarted. */
  readonly onNotice?: (message: string) => void
}

export interface SessionOptions {
  /** The device in use unless said. */
  readonly device?: DeviceId
  /** Sessions of different lanes run side by side in different workers (a long training run beside an explanation). 'main' unless said. */
  readonly lane?: string
}

export interface StepOptions extends SessionOptions {
  /** State input -> output that becomes its next content. */
  readonly loop: Readonly<Record<string, string>>
  /** Content of the state inputs before the first step. */
  readonly initial: HostTensors
}

export interface Runtime {
  /** Changes device or threads; sessions made before are disposed when they are next unused. */
  configure(settings: { readonly device?: Settings['device']; readonly threads?: number }): void
  /** Every device this platform could have, self-tested once (`again`: anew). */
  devices(again?: boolean): Promise<Device[]>
  /** The device in use; tests the candidates on first call where the setting is 'auto' or not 'cpu'. */
  device(): Promise<DeviceChoice>
  /** What the lowering of a backward graph has to know of that device. */
  loweringOf(device: DeviceId): LoweringTarget
  /** A session that the caller owns and disposes. */
  open(source: ModelSource, options?: SessionOptions): Promise<Session>
  openSteps(source: ModelSource, options: StepOptions): Promise<StepSession>
  /** Runs `body` with the cached session of that key, built by `build` where there is none. It cannot be evicted while `body` runs. */
  use<T>(key: string, build: () => ModelSource | Promise<ModelSource>, body: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>
  /** Disposes the cached sessions whose key begins so. */
  drop(keyPrefix: string): Promise<void>
  dispose(): Promise<void>
}
