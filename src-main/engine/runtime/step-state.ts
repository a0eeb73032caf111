/**
 * The state of a session of steps. On WebGPU it stays in the device's memory: outputs asked for as 'gpu-buffer' are fed back
 * as inputs. Elsewhere two sets of buffers take turns, one read while the other is written, so nothing is allocated per step.
 *
 * Known of onnxruntime-node 1.30: `getData()` of a device tensor ends the process, a session of another provider reads
 * rubbish from it, and with output locations set a run must fetch every output. So state is read by a session of
 * Identity nodes on the same device, and a step fetches everything.
 */
import { AppError, invariant } from '#contract/errors.ts'
import type { HostTensor, HostTensors } from './host-tensor.ts'
import { endOfOutputs, FilledRun } from './filled-run.ts'
import { hostTensorOfOrt, openOrtSession, ortTensorOf, type OrtSession, type OrtTensor } from './ort.ts'
import { readOutput } from './protocol.ts'
import type { OpenRequest, TensorsReply } from './protocol.ts'

export class StepState {
  #session: OrtSession
  #filled: FilledRun
  #reader: OrtSession | undefined
  #loop: ReadonlyMap<string, string>
  #onDevice: boolean
  #guard: readonly string[]
  #isOurs: boolean
  /** By state input. */
  #state: Map<string, OrtTensor>
  /** The set of buffers that the next step may overwrite; only on the host. */
  #spare = new Map<string, OrtTensor>()

  private constructor(session: OrtSession, reader: OrtSession | undefined, request: OpenRequest, isOurs: boolean) {
    this.#session = session
    this.#filled = new FilledRun(session)
    this.#reader = reader
    this.#loop = new Map(Object.entries(request.loop ?? {}))
    this.#onDevice = keepsOnDevice(request)
    this.#guard = request.guard ?? []
    this.#isOurs = isOurs
    const owned = this.#owner()
    this.#state = new Map([...this.#loop.keys()].map((name) => {
      const tensor = request.initial?.[name]
      if (!tensor) throw new AppError('input-required', `The state '${name}' has no initial content.`)
      return [name, owned(tensor)]
    }))
  }

  /** `isOurs`: nobody else reads or writes the memory of tensors that come here; they are not copied. */
  static async open(request: OpenRequest, isOurs: boolean): Promise<{ session: OrtSession; state: StepState }> {
    const { source, device, threads, loop = {} } = request
    if (!keepsOnDevice(request)) {
      const session = await openOrtSession(source, { device, threads })
      return { session, state: new StepState(session, undefined, request, isOurs) }
    }
    invariant(request.reader && request.outputs, 'a session of steps on a device needs a reader and the names of its outputs')
    const session = await openOrtSession(source, { device, threads, keepOnDevice: Object.values(loop) }, request.outputs)
    const reader = await openOrtSession({ kind: 'bytes', bytes: request.reader }, { device, threads })
    return { session, state: new StepState(session, reader, request, isOurs) }
  }

  async step(feeds: HostTensors, fetches?: readonly string[]): Promise<TensorsReply> {
    const inputs: Record<string, OrtTensor> = Object.fromEntries(this.#state)
    for (const [name, tensor] of Object.entries(feeds)) {
      if (this.#loop.has(name)) throw new AppError('option-invalid', `'${name}' is state that the step before made; it cannot be fed.`)
      inputs[name] = ortTensorOf(tensor)
    }
    const wanted = [...new Set([...(fetches ?? this.#session.outputNames.filter((name) => name !== endOfOutputs && !this.#isState(name))), ...this.#guard])]
    const results = this.#onDevice ? await this.#session.run(inputs) : await this.#runOnHost(inputs, wanted)
    const reply: TensorsReply = {}
    for (const name of wanted) {
      const tensor = results[name]
      if (!tensor) throw new AppError('tensor-missing', `The model has no output named '${name}'. It has ${this.#session.outputNames.join(', ')}.`)
      if (this.#isState(name)) throw new AppError('option-invalid', `'${name}' is state; read it with readState().`)
      reply[name] = hostTensorOfOrt(tensor, name)
    }
    if (this.#guard.every((name) => isFinite(reply[name]))) this.#advance(results)
    else if (this.#onDevice) for (const output of this.#loop.values()) results[output]?.dispose()
    return reply
  }

  async read(names: readonly string[] = [...this.#loop.keys()]): Promise<TensorsReply> {
    const stateOf = (name: string): OrtTensor => {
      const tensor = this.#state.get(name)
      if (!tensor) throw new AppError('tensor-missing', `'${name}' is not state of this session. It has ${[...this.#loop.keys()].join(', ')}.`)
      return tensor
    }
    const wanted = names.map((name): [string, OrtTensor] => [name, stateOf(name)])
    if (!this.#reader) return Object.fromEntries(wanted.map(([name, tensor]) => { const host = hostTensorOfOrt(tensor, name); return [name, { ...host, data: host.data.slice() }] }))
    const results = await this.#reader.run(Object.fromEntries(this.#state))
    return Object.fromEntries(names.map((name): [string, HostTensor] => {
      const tensor = results[readOutput(name)]
      invariant(tensor, `the state reader has no output for '${name}'`)
      return [name, hostTensorOfOrt(tensor, name)]
    }))
  }

  write(state: HostTensors): void {
    const owned = this.#owner()
    for (const [name, tensor] of Object.entries(state)) {
      const last = this.#state.get(name)
      if (!last) throw new AppError('tensor-missing', `'${name}' is not state of this session. It has ${[...this.#loop.keys()].join(', ')}.`)
      if (last.dims.join() !== tensor.dims.join()) throw new AppError('shape-mismatch', `The state '${name}' has shape [${last.dims.join(', ')}]; [${tensor.dims.join(', ')}] cannot take its place.`)
      if (this.#onDevice) last.dispose()
      this.#state.set(name, owned(tensor))
    }
  }

  async dispose(): Promise<void> {
    if (this.#onDevice) for (const tensor of this.#state.values()) tensor.dispose()
    this.#state.clear()
    this.#spare.clear()
    await this.#reader?.release()
  }

  /** Makes tensors whose buffers may be written: no two share one. */
  #owner(): (tensor: HostTensor) => OrtTensor {
    const taken = new Set<ArrayBufferLike>()
    return (tensor) => {
      const { buffer, byteLength } = tensor.data
      const isAlone = this.#isOurs && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !taken.has(buffer)
      taken.add(buffer)
      return ortTensorOf(isAlone ? tensor : { ...tensor, data: tensor.data.slice() })
    }
  }

  #isState(output: string): boolean {
    for (const name of this.#loop.values()) if (name === output) return true
    return false
  }

  #runOnHost(inputs: Record<string, OrtTensor>, wanted: readonly string[]): Promise<Readonly<Record<string, OrtTensor>>> {
    return this.#filled.run(inputs, wanted, Object.fromEntries([...this.#loop].map(([input, output]) => [output, this.#spare.get(input) ?? null])))
  }

  #advance(results: Readonly<Record<string, OrtTensor>>): void {
    for (const [input, output] of this.#loop) {
      const next = results[output]
      const last = this.#state.get(input)
      invariant(next && last, `the model has no output named '${output}'`)
      if (next.dims.length !== last.dims.length || next.dims.some((dim, axis) => dim !== last.dims[axis]))
        throw new AppError('shape-mismatch', `The output '${output}' of shape [${next.dims.join(', ')}] cannot be the next '${input}' of shape [${last.dims.join(', ')}].`)
      if (this.#onDevice) last.dispose()
      else this.#spare.set(input, last)
      this.#state.set(input, next)
    }
  }
}

const isFinite = (tensor: HostTensor | undefined): boolean => tensor === undefined || (tensor.data as Float32Array).every(Number.isFinite)

/** onnxruntime-node can keep outputs on the device for WebGPU only. */
const keepsOnDevice = ({ device }: OpenRequest): boolean => device === 'webgpu'
