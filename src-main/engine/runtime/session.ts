/** One model ready to run on one device. Made by `Runtime`; where it lives (a worker thread or this one) does not show. */
import type { DeviceId } from '#contract/application.ts'
import type { HostTensor, HostTensors } from './host-tensor.ts'

/**
 * The model as ONNX bytes, or as a file that the runtime reads itself (external data beside it).
 * `bytes` with `weightsFolder`: a graph whose large tensors are external data of that folder, mapped and not copied.
 */
export type ModelSource =
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      readonly weightsFolder?: string
      /** The runtime may take the buffer (it is moved to the worker and unusable here afterwards). Without it, bytes are copied. */
      readonly owned?: boolean
      /** False: weights stay as they are, mapped, instead of being rearranged for speed into memory of the session's own. */
      readonly prepack?: boolean
    }
  | { readonly kind: 'path'; readonly path: string }

export interface RunControls {
  /** Aborting rejects at once with AppError 'cancelled'. Queued runs are dropped; one that runs cannot be interrupted, its result is discarded. */
  readonly signal?: AbortSignal
}

export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Where it really runs. */
  readonly device: DeviceId
  /**
   * Computes the named outputs (all of them where `fetches` is absent).
   * Throws AppError 'cancelled', 'input-required', 'tensor-missing', 'shape-mismatch', 'out-of-memory', 'engine-lost' or 'run-failed'.
   */
  run(feeds: HostTensors, fetches?: readonly string[], controls?: RunControls): Promise<Record<string, HostTensor>>
  dispose(): Promise<void>
}

/**
 * A session that keeps part of its outputs as its next inputs: state stays on the device between steps.
 * `loop` maps each state input to the output that becomes its next content.
 */
export interface StepSession {
  readonly device: DeviceId
  /** One run: state from the step before, `feeds` for the other inputs, and the outputs asked for brought to the host. */
  step(feeds: HostTensors, fetches?: readonly string[], controls?: RunControls): Promise<Record<string, HostTensor>>
  /** The present state of those inputs, brought to the host. */
  readState(names?: readonly string[]): Promise<Record<string, HostTensor>>
  /** Puts other content in place of the present state of those inputs, of their shapes. */
  writeState(state: HostTensors): Promise<void>
  dispose(): Promise<void>
}
