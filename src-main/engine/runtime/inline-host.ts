/** Sessions in this thread: every run blocks it. For tests, and for `bench`, which measures without a thread between. */
import { Executor } from './executor.ts'
import type { HostRequest, ReplyOf, RequestOf } from './protocol.ts'
import { SerialQueue } from './serial-queue.ts'
import type { RunControls } from './session.ts'
import type { SessionHost } from './session-host.ts'

export class InlineHost implements SessionHost {
  #executor = new Executor({ ownsRequests: false })
  #queue = new SerialQueue()

  ask<T extends HostRequest['type']>(request: RequestOf<T>, { signal }: RunControls = {}): Promise<ReplyOf[T]> {
    return this.#queue.run(() => this.#executor.handle<T>(request), signal)
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#executor.dispose())
  }
}
