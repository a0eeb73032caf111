/** What a session host is asked and what it answers; plain data, so that it crosses to a worker thread or a child process. */
import type { DeviceId } from '#contract/application.ts'
import type { ErrorCode } from '#contract/errors.ts'
import type { HostTensor, HostTensors } from './host-tensor.ts'
import type { ModelSource } from './session.ts'

export interface OpenRequest {
  readonly type: 'open'
  readonly session: number
  readonly source: ModelSource
  readonly device: DeviceId
  readonly threads: number
  /** State input -> output that feeds it; makes it a session of steps. */
  readonly loop?: Readonly<Record<string, string>>
  /** A model of one Identity per state input: brings state that lies on the device to the host. */
  readonly reader?: Uint8Array
  /** Names of the model's outputs, needed to place them before the session exists. */
  readonly outputs?: readonly string[]
  readonly initial?: HostTensors
  readonly guard?: readonly string[]
}

export interface RunRequest {
  readonly type: 'run'
  readonly session: number
  readonly feeds: HostTensors
  readonly fetches?: readonly string[]
}

export type HostRequest =
  | OpenRequest
  | RunRequest
  | { readonly type: 'read-state'; readonly session: number; readonly names?: readonly string[] }
  | { readonly type: 'write-state'; readonly session: number; readonly state: HostTensors }
  | { readonly type: 'release'; readonly session: number }

export interface OpenReply {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
}
export type TensorsReply = Record<string, HostTensor>

export interface ReplyOf {
  readonly open: OpenReply
  readonly run: TensorsReply
  readonly 'read-state': TensorsReply
  readonly 'write-state': null
  readonly release: null
}
export type RequestOf<T extends HostRequest['type']> = Extract<HostRequest, { type: T }>

export interface Envelope {
  readonly id: number
  readonly request: HostRequest
}

export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
}

export type Answer =
  | { readonly id: number; readonly reply: ReplyOf[keyof ReplyOf] }
  | { readonly id: number; readonly error: PlainError }

/** The buffers of tensors that nobody else reads: moved instead of copied. Two tensors may share one. */
export function transferablesOf(tensors: HostTensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { data } of Object.values(tensors)) if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer)
  return [...buffers]
}

/** Name of the state reader's output for a state input. */
export const readOutput = (name: string): string => `read/${name}`
