/** The network as it answers, on examples of the data. */
import type { Metrics } from '#contract/training.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Session } from '../runtime/session.ts'
import { Tally } from './metrics.ts'
import { infoOf } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import type { PreparedData } from './prepare.ts'

export interface Evaluation {
  readonly metrics: Metrics
  /** Share of examples contradicted with confidence; of classes. */
  readonly contradicted: number
  /** Class given to each of the examples, in their order; empty for numbers. */
  readonly predicted: Int32Array
  /** Numbers answered to some of the examples (those of `answeredRows`), [rows, columns] as the loss gets them; empty for classes. */
  readonly answers: Float32Array
}

const mostAnswers = 2000
/** Examples whose answers in numbers are kept, evenly spread. */
export const answeredRows = (count: number): Int32Array => { const step = Math.ceil(count / mostAnswers); return Int32Array.from({ length: count === 0 ? 0 : Math.ceil(count / step) }, (_, row) => row * step) }

/** Examples at a time, and values of input: as few as a small batch of steps, so that a network is judged in the memory that training takes. */
const valuesAtOnce = 2 ** 21
const examplesAtOnce = 32

export class Evaluator {
  readonly #session: Session
  readonly #network: BuiltNetwork
  readonly #data: PreparedData

  private constructor(session: Session, network: BuiltNetwork, data: PreparedData) {
    this.#session = session
    this.#network = network
    this.#data = data
  }

  /** `weights`: parameters and running averages. `shown`: values to be returned beside the output. */
  static async open(runtime: Runtime, network: BuiltNetwork, weights: ReadonlyMap<string, Tensor>, data: PreparedData, { lane, shown = [] }: { readonly lane: string; readonly shown?: readonly string[] }): Promise<Evaluator> {
    const model = withWeights(network.model, weights)
    const { graph } = model
    const outputs = [...graph.outputs, ...shown.filter((name) => name !== network.output).map((name) => infoOf(name, []))].map((info) => ({ name: info.name }))
    const session = await runtime.open({ ...model, graph: { ...graph, outputs } }, { lane })
    return new Evaluator(session, network, data)
  }

  async run(indices: ArrayLike<number>, seed?: number, shown: readonly string[] = []): Promise<Readonly<Record<string, HostTensor>>> {
    const { input } = this.#data.batches.assemble(indices, seed)
    return this.#session.run({ [this.#network.input]: floatTensor([indices.length, ...this.#network.inputDims], input) }, [this.#network.output, ...shown])
  }

  /** `seed`: augmented as training examples are. */
  async evaluate(indices: Int32Array, { seed, signal }: { readonly seed?: number; readonly signal?: AbortSignal | undefined } = {}): Promise<Evaluation> {
    const { plan, recipe, batches } = this.#data
    const tally = new Tally(plan, recipe.loss)
    const predicted = new Int32Array(plan.kind === 'classes' ? indices.length : 0)
    const kept = plan.kind === 'numbers' ? answeredRows(indices.length) : new Int32Array()
    const answers = new Float32Array(kept.length * plan.outputs)
    let filled = 0
    const values = this.#network.inputDims.reduce((product, dim) => product * dim, 1)
    const count = Math.max(1, Math.min(examplesAtOnce, Math.floor(valuesAtOnce / values)))
    for (let start = 0; start < indices.length; start += count) {
      throwIfCancelled(signal)
      const some = indices.subarray(start, start + count)
      const { input, target } = batches.assemble(some, seed === undefined ? undefined : seed + start)
      const { [this.#network.output]: output } = await this.#session.run({ [this.#network.input]: floatTensor([some.length, ...this.#network.inputDims], input) }, [this.#network.output])
      tally.add(output?.data as Float32Array, plan.kind === 'reconstruction' ? input : target, some.length, predicted.subarray(start, start + some.length))
      for (; filled < kept.length && kept[filled]! < start + some.length; filled++) answers.set((output?.data as Float32Array).subarray((kept[filled]! - start) * plan.outputs, (kept[filled]! - start + 1) * plan.outputs), filled * plan.outputs)
    }
    return { metrics: tally.metrics(), contradicted: tally.contradicted(), predicted, answers }
  }

  dispose(): Promise<void> {
    return this.#session.dispose()
  }
}

/** The model with its parameters and running averages at these values. */
export function withWeights(model: Model, weights: ReadonlyMap<string, Tensor>): Model {
  return { ...model, graph: { ...model.graph, initializers: new Map([...model.graph.initializers].map(([name, tensor]) => [name, weights.get(name) ?? tensor])) } }
}
