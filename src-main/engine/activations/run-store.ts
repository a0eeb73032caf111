/** Forward runs whose layers are being looked at: all layers of a run at once where they fit, parts of it as they are asked for otherwise. */
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import { SizedCache } from '../lib/sized-cache.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import type { Network } from '../network/network.ts'
import { byteLengthOf } from '../runtime/host-tensor.ts'
import type { HostTensor, HostTensors } from '../runtime/host-tensor.ts'

export interface RunRequest {
  readonly network: Network
  /** Same for the same model, picture and preprocessing. */
  readonly key: string
  readonly inputs: HostTensors
}

/** What a run yielded, whenever that was. */
export interface KeptRun {
  readonly values: HostTensors
  /** Of the pass itself. */
  readonly ms: number
}

/** Values of one run that are fetched together: beyond that a run is done in several parts. */
const partBytes = 192 * 2 ** 20
const keptBytes = 512 * 2 ** 20

export class RunStore {
  readonly #parts = new SizedCache<Promise<KeptRun>>(keptBytes)

  /** The model's outputs; where the whole run is small enough, every layer comes with them. */
  async outputs(request: RunRequest): Promise<KeptRun> {
    return this.#part(request, 0, partsOf(request.network))
  }

  async layer(request: RunRequest, layer: Layer): Promise<HostTensor> {
    const { network } = request
    const fed = request.inputs[layer.outputTensor]
    if (fed) return fed
    const parts = partsOf(network)
    const index = parts.findIndex((part) => part.includes(layer.outputTensor))
    if (index < 0) throw new AppError('layer-invalid', `The output of '${layer.title}' is not computed in a run of this model: there is nothing to show.`)
    const value = (await this.#part(request, index, parts)).values[layer.outputTensor]
    if (!value) throw new AppError('layer-invalid', `The output of '${layer.title}' did not come out of the run.`)
    return value
  }

  forget(keyPrefix: string): void {
    this.#parts.deletePrefix(keyPrefix)
  }

  clear(): number {
    return this.#parts.clear()
  }

  async #part({ network, key, inputs }: RunRequest, index: number, parts: readonly (readonly string[])[]): Promise<KeptRun> {
    const partKey = `${key}|${index}`
    const known = this.#parts.get(partKey)
    if (known) return known
    const names = parts[index] ?? []
    // Whoever asked first may lose interest; others wait for the same run.
    const running = timedRun(network, inputs, names)
    this.#parts.set(partKey, running, 0)
    try {
      const kept = await running
      this.#parts.set(partKey, running, byteLengthOf(kept.values))
      return kept
    } catch (error) {
      this.#parts.delete(partKey)
      throw error
    }
  }
}

async function timedRun(network: Network, inputs: HostTensors, names: readonly string[]): Promise<KeptRun> {
  let ms = 0
  const values = await network.forward(inputs, names, { onRan: (took) => { ms += took } })
  return { values, ms }
}

/** Names of values by part: the outputs lead the first one. Deterministic, so that every part has one session. */
function partsOf(network: Network): readonly (readonly string[])[] {
  const outputs = network.outputs.filter((name) => network.facts.has(name))
  const parts: string[][] = [[...outputs]]
  const seen = new Set(outputs)
  let bytes = 0
  for (const layer of network.structure.layers) {
    if (layer.view.type === 'none' || seen.has(layer.outputTensor) || !isComputed(network, layer.outputTensor)) continue
    seen.add(layer.outputTensor)
    const size = 4 * elementCount(layer.shape.map((dim) => dim ?? 1))
    if (bytes + size > partBytes) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)!.push(layer.outputTensor)
    bytes += size
  }
  return parts
}

const isComputed = (network: Network, name: string): boolean => network.facts.has(name) && !network.inputs.some((input) => input.name === name)
