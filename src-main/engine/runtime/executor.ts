/** Answers a host's requests with onnxruntime, in whatever thread or process it is made. Requests must come one at a time. */
import { AppError, invariant } from '#contract/errors.ts'
import { endOfOutputs } from './filled-run.ts'
import type { TypedArray } from '../onnx/tensor-data.ts'
import type { HostTensor, HostTensors } from './host-tensor.ts'
import { ortError } from './ort-errors.ts'
import { hostTensorOfOrt, openOrtSession, ortTensorOf, type OrtSession } from './ort.ts'
import type { HostRequest, OpenReply, OpenRequest, ReplyOf, RequestOf, RunRequest, TensorsReply } from './protocol.ts'
import { StepState } from './step-state.ts'

interface Opened {
  readonly session: OrtSession
  readonly steps?: StepState
  /** Copies of what is fed from shared memory, by name: written anew for every run. */
  readonly copies: Map<string, TypedArray>
}

export class Executor {
  #sessions = new Map<number, Opened>()
  #ownsRequests: boolean

  /** `ownsRequests`: requests come as messages, whose tensors are copies already. */
  constructor({ ownsRequests }: { readonly ownsRequests: boolean }) {
    this.#ownsRequests = ownsRequests
  }

  async handle<T extends HostRequest['type']>(request: RequestOf<T>): Promise<ReplyOf[T]>
  async handle(request: HostRequest): Promise<ReplyOf[keyof ReplyOf]> {
    try {
      switch (request.type) {
        case 'open': return await this.#open(request)
        case 'run': return await this.#run(request)
        case 'read-state': return await this.#stepsOf(request.session).read(request.names)
        case 'write-state': { this.#stepsOf(request.session).write(request.state); return null }
        case 'release': return await this.#release(request.session)
      }
    } catch (error) {
      throw ortError(error, request.type === 'open' ? 'open' : 'run')
    }
  }

  async dispose(): Promise<void> {
    for (const id of [...this.#sessions.keys()]) await this.#release(id)
  }

  async #open(request: OpenRequest): Promise<OpenReply> {
    const { session: id, source, device, threads, loop } = request
    invariant(!this.#sessions.has(id), `session ${id} opened twice`)
    if (loop) {
      const { session, state } = await StepState.open(request, this.#ownsRequests)
      this.#sessions.set(id, { session, steps: state, copies: new Map() })
      return { inputNames: session.inputNames, outputNames: session.outputNames.filter((name) => name !== endOfOutputs) }
    }
    const session = await openOrtSession(source, { device, threads })
    this.#sessions.set(id, { session, copies: new Map() })
    return { inputNames: session.inputNames, outputNames: session.outputNames }
  }

  async #run({ session: id, feeds, fetches }: RunRequest): Promise<TensorsReply> {
    const opened = this.#sessions.get(id)
    if (!opened) throw lost()
    if (opened.steps) return opened.steps.step(feeds, fetches)
    const results = await opened.session.run(ortFeedsOf(feeds, opened.copies), fetches ? [...fetches] : [...opened.session.outputNames])
    return Object.fromEntries(Object.entries(results).map(([name, tensor]): [string, HostTensor] => [name, hostTensorOfOrt(tensor, name)]))
  }

  #stepsOf(id: number): StepState {
    const steps = this.#sessions.get(id)?.steps
    if (!steps) throw lost()
    return steps
  }

  async #release(id: number): Promise<null> {
    const opened = this.#sessions.get(id)
    this.#sessions.delete(id)
    await opened?.steps?.dispose()
    await opened?.session.release()
    return null
  }
}

const ortFeedsOf = (feeds: HostTensors, copies: Map<string, TypedArray>) => Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, ortTensorOf(ownedBy(copies, name, tensor))]))

/** onnxruntime takes no memory that threads share. One copy into memory of this thread, used again, where a message would make two into memory that is new each time. */
function ownedBy(copies: Map<string, TypedArray>, name: string, tensor: HostTensor): HostTensor {
  const { data } = tensor
  if (!(data.buffer instanceof SharedArrayBuffer)) return tensor
  const known = copies.get(name)
  const copy = known?.constructor === data.constructor && known.length === data.length ? known : new (data.constructor as new (length: number) => TypedArray)(data.length)
  copies.set(name, copy)
  copy.set(data as never)
  return { ...tensor, data: copy }
}

const lost = (): AppError => new AppError('engine-lost', 'The session is gone: the process that held it was restarted. Try again.')
