/** Where sessions live. A host answers one request at a time, in order. */
import type { HostRequest, ReplyOf, RequestOf } from './protocol.ts'
import type { RunControls } from './session.ts'

export interface SessionHost {
  ask<T extends HostRequest['type']>(request: RequestOf<T>, controls?: RunControls): Promise<ReplyOf[T]>
  /** Releases every session and ends the thread or process. */
  close(): Promise<void>
}
