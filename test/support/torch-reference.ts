/** Gradients of torchvision networks by this engine, compared with PyTorch in float64. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { writeNpy } from '#engine/lib/npy.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { Model } from '#engine/onnx/model.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { upgradeModel } from '#engine/onnx/upgrade/upgrade-model.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { runModel } from './run-model.ts'
import { exportTorchvision, python, type ExportOptions } from './torchvision.ts'

interface Errors {
  readonly ours: number
  readonly torch32: number
}
export interface Comparison {
  /** Median over the pictures of a batch. */
  readonly input: Errors
  /** All pictures as one vector. */
  readonly together: Errors
  readonly parameters?: Errors
  /** The parameter with the largest error: its name, ours, torch32. */
  readonly worst?: readonly [string, number, number]
  readonly compared: number
}

export interface ComparedNetwork {
  readonly name: string
  readonly opset: number
  readonly options?: ExportOptions
  /** Differentiate every parameter that kept its name in the file as well. */
  readonly parameters?: boolean
  /** Relu and Clip replaced by Tanh on both sides, so that what is left is rounding: no branch can flip. */
  readonly smooth?: boolean
}

/** Relative L2 errors of d output[unit] / d input, and of the parameters where asked for. */
export async function compareWithTorch({ name, opset, options = {}, parameters = false, smooth = false }: ComparedNetwork, unit = 7): Promise<Comparison> {
  // Parameters keep their names where the exporter neither folds BatchNormalization nor constants.
  const exported = parameters ? { ...options, keepBatchNorm: true, constantFolding: false } : options
  const upgraded = upgradeModel(await loadModel(exportTorchvision(name, opset, exported)))
  const model = smooth ? smoothed(upgraded) : upgraded
  const facts = inferShapes(model)
  const wrt = ['input', ...(parameters ? parameterNames(model) : [])]
  const { model: gradient, gradients } = differentiate(model, facts, { of: { kind: 'unit', tensor: 'output', index: [unit] }, wrt }, { target: cpuTarget })
  const dims = (facts.get('input')?.shape ?? []) as readonly number[]
  const random = createRandom(1)
  const picture = Float32Array.from({ length: elementCount(dims) }, () => random.normal())
  const outputs = await runModel(gradient, { input: floatTensor(dims, picture) })
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-torch-'))
  try {
    const save = (file: string, shape: readonly number[], data: Float32Array): void => writeFileSync(join(folder, file), writeNpy({ dataType: 'float32', dims: shape, bytes: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength) }))
    save('input.npy', dims, picture)
    const files: Record<string, string> = {}
    for (const [index, [value, output]] of [...gradients].entries()) {
      const tensor = outputs[output]
      if (!tensor) throw new Error(`${name}: the gradient of ${value} was not returned`)
      files[value] = `${index}.npy`
      save(`${index}.npy`, tensor.dims, tensor.data as Float32Array)
    }
    writeFileSync(join(folder, 'gradients.json'), JSON.stringify(files))
    const flags = [
      ...(options.size === undefined ? [] : ['--size', String(options.size)]), ...(options.seed === undefined ? [] : ['--seed', String(options.seed)]),
      ...(options.classes === undefined ? [] : ['--classes', String(options.classes)]), ...(options.trainBatchNormStatistics ? ['--train-bn-stats'] : []), ...(smooth ? ['--smooth'] : []),
    ]
    const script = fileURLToPath(new URL('torch-reference.py', import.meta.url))
    return JSON.parse(execFileSync(python, [script, name, folder, '--unit', String(unit), ...flags], { encoding: 'utf8', timeout: 600_000, stdio: ['ignore', 'pipe', 'pipe'] })) as Comparison
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const smoothed = (model: Model): Model => ({
  ...model, graph: { ...model.graph, nodes: model.graph.nodes.map((node) => (node.opType === 'Relu' || node.opType === 'Clip' ? { ...node, opType: 'Tanh', inputs: node.inputs.slice(0, 1), attributes: new Map() } : node)) },
})

/** Initialisers that are parameters: floating point, named as PyTorch names them, and not the running statistics. */
const parameterNames = (model: Model): string[] =>
  [...model.graph.initializers].filter(([name, tensor]) => tensor.dataType === 'float32' && !name.startsWith('onnx::') && name.includes('.') && !/running_|num_batches/.test(name)).map(([name]) => name)
