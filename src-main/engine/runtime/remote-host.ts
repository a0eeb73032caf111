/** Sessions in a worker thread or child process. One that dies is replaced at the next request; its sessions are lost. */
import { AppError } from '#contract/errors.ts'
import type { Answer, Envelope, HostRequest, ReplyOf, RequestOf } from './protocol.ts'
import { SerialQueue } from './serial-queue.ts'
import type { RunControls } from './session.ts'
import type { SessionHost } from './session-host.ts'

/** A connection to something that runs `session-worker`. */
export interface Channel {
  post(envelope: Envelope, transfer: readonly ArrayBuffer[]): void
  /** Ends it, whatever it is doing. */
  end(): Promise<void>
}

export interface ChannelEvents {
  readonly onAnswer: (answer: Answer) => void
  /** It ended by itself; `why` in words: "exit code 139". */
  readonly onLost: (why: string, outOfMemory: boolean) => void
}

export type Connect = (events: ChannelEvents) => Channel

interface Pending {
  readonly id: number
  readonly resolve: (reply: ReplyOf[keyof ReplyOf]) => void
  readonly reject: (error: Error) => void
}

export class RemoteHost implements SessionHost {
  #connect: Connect
  #onLost: ((error: AppError) => void) | undefined
  #queue = new SerialQueue()
  #channel: Channel | undefined
  #pending: Pending | undefined
  #nextId = 0
  #closed = false

  constructor(connect: Connect, onLost?: (error: AppError) => void) {
    this.#connect = connect
    this.#onLost = onLost
  }

  ask<T extends HostRequest['type']>(request: RequestOf<T>, { signal }: RunControls = {}): Promise<ReplyOf[T]> {
    return this.#queue.run(() => this.#send(request) as Promise<ReplyOf[T]>, signal)
  }

  /** Waits for nothing: what runs is discarded. */
  async close(): Promise<void> {
    this.#closed = true
    const channel = this.#channel
    this.#channel = undefined
    this.#fail(new AppError('cancelled', 'The engine was closed.'))
    await channel?.end()
  }

  #send(request: HostRequest): Promise<ReplyOf[keyof ReplyOf]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new AppError('cancelled', 'The engine was closed.')
      const id = this.#nextId++
      this.#pending = { id, resolve, reject }
      this.#channel ??= this.#open()
      this.#channel.post({ id, request }, request.type === 'open' ? transferablesOfOpen(request) : [])
    })
  }

  #open(): Channel {
    const channel = this.#connect({
      onAnswer: (answer) => {
        const pending = this.#pending
        if (pending?.id !== answer.id) return
        this.#pending = undefined
        if ('error' in answer) pending.reject(new AppError(answer.error.code, answer.error.message))
        else pending.resolve(answer.reply)
      },
      onLost: (why, outOfMemory) => {
        if (this.#channel !== channel) return
        this.#channel = undefined
        const error = outOfMemory
          ? new AppError('out-of-memory', `The part that runs models ran out of memory (${why}) and was restarted. Use a smaller picture, model or batch.`)
          : new AppError('engine-lost', `The part that runs models stopped (${why}) and was restarted. Try again; if it happens again, choose the CPU as the device.`)
        this.#fail(error)
        this.#onLost?.(error)
      },
    })
    return channel
  }

  #fail(error: AppError): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.reject(error)
  }
}

/** A model's bytes move when their owner gave them away and nothing else lies in their buffer. */
function transferablesOfOpen({ source }: RequestOf<'open'>): ArrayBuffer[] {
  if (source.kind !== 'bytes' || !source.owned) return []
  const { buffer } = source.bytes
  return buffer instanceof ArrayBuffer && buffer.byteLength === source.bytes.byteLength ? [buffer] : []
}

