/** `Session` and `StepSession` over a host: checks names before the request leaves. */
import type { DeviceId } from '#contract/application.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { HostTensor, HostTensors } from './host-tensor.ts'
import type { OpenReply } from './protocol.ts'
import type { SessionHost } from './session-host.ts'
import type { RunControls, Session, StepSession } from './session.ts'

export class HostedSession implements Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly device: DeviceId
  #host: SessionHost
  #id: number
  #disposed = false

  constructor(host: SessionHost, id: number, device: DeviceId, opened: OpenReply) {
    this.#host = host
    this.#id = id
    this.device = device
    this.inputNames = opened.inputNames
    this.outputNames = opened.outputNames
  }

  async run(feeds: HostTensors, fetches?: readonly string[], controls: RunControls = {}): Promise<Record<string, HostTensor>> {
    if (this.#disposed) throw new AppError('bug', 'Internal error: a session was run after it was disposed. Please report it.')
    checkNames(feeds, this.inputNames, fetches, this.outputNames)
    return this.#host.ask<'run'>({ type: 'run', session: this.#id, feeds, ...(fetches ? { fetches: [...new Set(fetches)] } : {}) }, controls)
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    await release(this.#host, this.#id)
  }
}

export class HostedStepSession implements StepSession {
  readonly device: DeviceId
  #host: SessionHost
  #id: number
  #fed: readonly string[]
  #outputNames: readonly string[]

  constructor(host: SessionHost, id: number, device: DeviceId, opened: OpenReply, loop: Readonly<Record<string, string>>) {
    this.#host = host
    this.#id = id
    this.device = device
    this.#fed = opened.inputNames.filter((name) => !(name in loop))
    this.#outputNames = opened.outputNames
  }

  async step(feeds: HostTensors, fetches?: readonly string[], controls: RunControls = {}): Promise<Record<string, HostTensor>> {
    checkNames(feeds, this.#fed, fetches, this.#outputNames)
    return this.#host.ask<'run'>({ type: 'run', session: this.#id, feeds, ...(fetches ? { fetches } : {}) }, controls)
  }

  readState(names?: readonly string[]): Promise<Record<string, HostTensor>> {
    return this.#host.ask<'read-state'>({ type: 'read-state', session: this.#id, ...(names ? { names } : {}) })
  }

  async writeState(state: HostTensors): Promise<void> {
    await this.#host.ask<'write-state'>({ type: 'write-state', session: this.#id, state })
  }

  dispose(): Promise<void> {
    return release(this.#host, this.#id)
  }
}

async function release(host: SessionHost, session: number): Promise<void> {
  try {
    await host.ask<'release'>({ type: 'release', session })
  } catch (error) {
    // The host is closed or was lost: so is the session.
    if (!isAppError(error) || (error.code !== 'cancelled' && error.code !== 'engine-lost')) throw error
  }
}

function checkNames(feeds: HostTensors, inputs: readonly string[], fetches: readonly string[] | undefined, outputs: readonly string[]): void {
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
  const missing = inputs.filter((name) => !(name in feeds))
  if (missing.length > 0) throw new AppError('input-required', `The model needs ${missing.length === 1 ? 'its input' : 'its inputs'} ${quoted(missing)}; given ${Object.keys(feeds).length === 0 ? 'nothing' : quoted(Object.keys(feeds))}.`)
  const unknown = Object.keys(feeds).find((name) => !inputs.includes(name))
  if (unknown !== undefined) throw new AppError('tensor-missing', `The model has no input '${unknown}'. Its inputs are ${quoted(inputs)}.`)
  const unmade = fetches?.find((name) => !outputs.includes(name))
  if (unmade !== undefined) throw new AppError('tensor-missing', `The model has no output '${unmade}'. Its outputs are ${quoted(outputs)}.`)
}
