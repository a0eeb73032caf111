/** A network with weights and batches, for this engine and for PyTorch alike. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Loss, Optimizer } from '#contract/training.ts'
import type { LoweringTarget } from '#engine/autodiff/lowering/target.ts'
import { createRandom } from '#engine/lib/random.ts'
import { decodeSafetensors, encodeSafetensors } from '#engine/lib/safetensors.ts'
import type { NamedTensor } from '#engine/lib/safetensors.ts'
import { float32Of } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { HostTensor } from '#engine/runtime/host-tensor.ts'
import { drawMask } from '#engine/training/masks.ts'
import { buildNetwork } from '#engine/training/network.ts'
import type { BuiltNetwork } from '#engine/training/network.ts'
import { parseNotation } from '#engine/training/notation.ts'
import { lossOf, optimizerOf } from '#engine/training/registries.ts'
import { buildStepGraph, rateInput, targetInput, weightsInput } from '#engine/training/step-graph.ts'
import type { StepGraph } from '#engine/training/step-graph.ts'

export const torchTraining = fileURLToPath(new URL('torch-training.py', import.meta.url))

export interface TrainingCaseOptions {
  readonly net: string
  readonly inputDims: readonly number[]
  readonly batch: number
  readonly batches?: number
  readonly loss?: Loss['kind']
  readonly optimizer?: Partial<Optimizer>
}

export interface TrainingCase {
  readonly network: BuiltNetwork
  readonly optimizer: Optimizer
  readonly batches: readonly { readonly input: Float32Array; readonly target: Float32Array; readonly masks: ReadonlyMap<string, Float32Array> }[]
  graph(target: LoweringTarget): StepGraph
  /** Everything that step t (from 1) is fed with. */
  feeds(t: number, rate?: number): Record<string, HostTensor>
  /** For torch-training.py; removed by `dispose`. */
  readonly folder: string
  readTensors(file: string): ReadonlyMap<string, NamedTensor>
  dispose(): void
}

export function trainingCase({ net, inputDims, batch, batches: count = 1, loss: lossKind = 'cross-entropy', optimizer: given = {} }: TrainingCaseOptions): TrainingCase {
  const network = buildNetwork({ net: { kind: 'notation', text: net }, seed: 11, initialization: 'he', inputDims, mode: 'training', batch })
  const loss = Loss.parse({ kind: lossKind })
  const optimizer = Optimizer.parse({ kind: 'adam', rate: 1e-3, ...given })
  const random = createRandom(5)
  const outputs = network.outputDims.reduce((product, dim) => product * dim, 1)
  const values = inputDims.reduce((product, dim) => product * dim, 1)
  const batches = Array.from({ length: count }, (_, index) => {
    const target = new Float32Array(batch * outputs)
    for (let row = 0; row < batch; row++) {
      if (lossKind === 'squared-error' || lossKind === 'huber') for (let column = 0; column < outputs; column++) target[row * outputs + column] = random.normal()
      else target[row * outputs + random.integer(0, outputs - 1)] = 1
    }
    return { input: Float32Array.from({ length: batch * values }, () => random.normal()), target, masks: new Map(network.masks.map((mask, place) => [mask.name, drawMask(mask, batch, 100 * index + place + 1)])) }
  })
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-training-'))
  const tensors = new Map<string, NamedTensor>([...network.parameters].map(([name, tensor]) => [name, { dims: tensor.dims, data: float32Of(tensor) }]))
  batches.forEach(({ input, target, masks }, index) => {
    tensors.set(`batch${index}/input`, { dims: [batch, ...inputDims], data: input })
    tensors.set(`batch${index}/target`, { dims: [batch, ...network.outputDims], data: target })
    for (const mask of network.masks) tensors.set(`batch${index}/${mask.name}`, { dims: [batch, ...mask.dims], data: masks.get(mask.name) ?? new Float32Array() })
  })
  writeFileSync(join(folder, 'tensors.safetensors'), Buffer.concat(encodeSafetensors({ tensors, metadata: {} })))
  writeFileSync(join(folder, 'spec.json'), JSON.stringify({ blocks: parseNotation(net), parameters: [...network.parameters.keys()], masks: network.masks.map((mask) => mask.name), batches: count, loss: lossKind, optimizer, clip: optimizer.clip }))
  return {
    network, optimizer, batches, folder,
    graph: (target) => buildStepGraph({ network, batch, target, loss, optimizer, averaging: 0 }),
    feeds(t, rate = optimizer.rate) {
      const { input, target, masks } = batches[(t - 1) % count] ?? { input: new Float32Array(), target: new Float32Array(), masks: new Map<string, Float32Array>() }
      const scalar = (value: number): HostTensor => floatTensor([], Float32Array.of(value))
      return {
        [network.input]: floatTensor([batch, ...inputDims], input), [targetInput]: floatTensor([batch, ...network.outputDims], target), [rateInput]: scalar(rate),
        ...(lossOf(lossKind).weighs === 'input' ? { [weightsInput]: floatTensor([batch, ...network.outputDims.map(() => 1)], new Float32Array(batch).fill(1)) } : {}),
        ...Object.fromEntries(Object.entries(optimizerOf(optimizer.kind).feeds(t)).map(([name, value]) => [name, scalar(value)])),
        ...Object.fromEntries(network.masks.map((mask) => [mask.name, floatTensor([batch, ...mask.dims], masks.get(mask.name) ?? new Float32Array())])),
      }
    },
    readTensors: (file) => decodeSafetensors(readFileSync(join(folder, file)), file).tensors,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}
