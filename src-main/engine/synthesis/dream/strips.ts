/** The rule of a step for pictures that are looked at in tiles, whose gradient was put together here: a few rows at a time, so that large ones take no more memory. */
import type { Value } from '../../autodiff/emit.ts'
import { Emit } from '../../autodiff/emit.ts'
import { ownModel } from '../../onnx/model.ts'
import type { Model } from '../../onnx/model.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import { writeModel } from '../../onnx/write.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ModelSource } from '../../runtime/session.ts'
import { nothing, steepnessOf } from '../unit-step.ts'
import { isPlain, moved, shaped } from './rule.ts'
import type { Shaping } from './rule.ts'
import { floats, infoOf, maskInput, pictureInput, rateInput } from './step-graph.ts'
import { lane } from './tile-gradients.ts'

const gradientInput = 'step/gradient'
const magnitudeInput = 'step/magnitude'
/** Of a strip, at most. */
const stripPixels = 2 ** 20

export class Strips {
  readonly #runtime: Runtime
  readonly #prefix: string
  readonly #signal: AbortSignal | undefined

  /** `prefix`: of its sessions' keys, for whoever drops them. */
  constructor(runtime: Runtime, prefix: string, signal: AbortSignal | undefined) {
    this.#runtime = runtime
    this.#prefix = prefix
    this.#signal = signal
  }

  /** As `shaped` has it, of all rows at once: every level of it reaches over all of them. */
  async shape(gradient: FloatTensor, shaping: Shaping): Promise<FloatTensor> {
    if (isPlain(shaping)) return gradient
    const key = `shaping/${JSON.stringify(shaping)}`
    const [data] = await this.#run(key, gradient.dims, (emit) => {
      const value = floats(gradientInput, gradient.dims)
      return { inputs: [value], outputs: [shaped(emit, value, shaping)] }
    }, { [gradientInput]: gradient })
    await this.#runtime.drop(`${this.#prefix}${key}`)
    return floatTensor(gradient.dims, data!)
  }

  /** Mean |g|; by the mask, [H * W], where there is one. */
  async magnitude(gradient: FloatTensor, mask?: Float32Array): Promise<number> {
    let [size, weight] = [0, 0]
    for (const strip of stripsOf(gradient.dims)) {
      const [sizes, weights] = await this.#run(`magnitude/${mask !== undefined}`, strip.dims, (emit) => {
        const { gradient: value, mask: where } = valuesOf(strip.dims, mask !== undefined)
        const steepness = steepnessOf(emit, value, where)
        return { inputs: [value, ...(where ? [where] : [])], outputs: [steepness.size, ...(steepness.weight ? [steepness.weight] : [])] }
      }, { [gradientInput]: strip.of(gradient.data), ...(mask ? { [maskInput]: strip.inPlane(mask) } : {}) })
      size += strip.count * sizes![0]!
      weight += strip.count * (weights?.[0] ?? 1)
    }
    return size / Math.max(weight, nothing)
  }

  /** The next picture, in the place of this one. */
  async move(picture: FloatTensor, gradient: FloatTensor, rate: number, magnitude: number, mask?: Float32Array): Promise<void> {
    for (const strip of stripsOf(picture.dims)) {
      const [next] = await this.#run(`move/${mask !== undefined}`, strip.dims, (emit) => {
        const values = valuesOf(strip.dims, mask !== undefined)
        const by = floats(magnitudeInput, [])
        return { inputs: [values.picture, values.gradient, values.rate, by, ...(values.mask ? [values.mask] : [])], outputs: [moved(emit, values, by)] }
      }, {
        [pictureInput]: strip.of(picture.data), [gradientInput]: strip.of(gradient.data), ...(mask ? { [maskInput]: strip.inPlane(mask) } : {}),
        [rateInput]: floatTensor([], Float32Array.of(rate)), [magnitudeInput]: floatTensor([], Float32Array.of(magnitude)),
      })
      picture.data.set(next!, strip.at)
    }
  }

  /** The gradient is here: the CPU is nearest. */
  async #run(key: string, dims: readonly number[], build: (emit: Emit) => { readonly inputs: readonly Value[]; readonly outputs: readonly Value[] }, feeds: HostTensors): Promise<readonly Float32Array[]> {
    const source = (): ModelSource => {
      const emit = new Emit({ target: this.#runtime.loweringOf('cpu'), opset: 18, prefix: 'step' })
      const { inputs, outputs } = build(emit)
      return { kind: 'bytes', bytes: writeModel(modelOf(emit, inputs, outputs)), owned: true }
    }
    return this.#runtime.use(
      `${this.#prefix}${key}/${dims.join('x')}`, () => ({ source: source(), bytes: heldTensors * 4 * elementCount(dims) }),
      async (session) => {
        const made = await session.run(feeds, undefined, this.#signal ? { signal: this.#signal } : {})
        return session.outputNames.map((name) => made[name]!.data as Float32Array)
      },
      { device: 'cpu', lane },
    )
  }
}

/** Of a session's input, what it holds of its size. */
const heldTensors = 5

const valuesOf = (dims: readonly number[], masked: boolean) => ({ picture: floats(pictureInput, dims), gradient: floats(gradientInput, dims), rate: floats(rateInput, []), mask: masked ? floats(maskInput, dims) : undefined })

const modelOf = (emit: Emit, inputs: readonly Value[], outputs: readonly Value[]): Model =>
  ownModel({ name: 'step', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), inputs: inputs.map(infoOf), outputs: outputs.map(infoOf) }, { opsets: new Map([['', emit.opset]]) })

interface Strip {
  /** [1, 1, rows, W] */
  readonly dims: readonly number[]
  readonly count: number
  /** Where it begins in the picture. */
  readonly at: number
  readonly of: (picture: Float32Array) => FloatTensor
  /** Of one plane that counts for all channels. */
  readonly inPlane: (plane: Float32Array) => FloatTensor
}

function* stripsOf([, channels = 1, height = 1, width = 1]: readonly number[]): Generator<Strip> {
  const most = Math.max(1, Math.floor(stripPixels / width))
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row += most) {
      const dims = [1, 1, Math.min(most, height - row), width]
      const count = dims[2]! * width
      const at = (channel * height + row) * width
      yield { dims, count, at, of: (picture) => floatTensor(dims, picture.slice(at, at + count)), inPlane: (plane) => floatTensor(dims, plane.slice(row * width, row * width + count)) }
    }
  }
}
