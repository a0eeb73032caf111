/** The gradient of the sum of one operator's outputs with respect to its inputs, at given values. */
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget, type LoweringTarget } from '#engine/autodiff/lowering/target.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { nodeModel, type NodeCase } from './node-model.ts'
import { runModel } from './run-model.ts'

/** Gradients of the inputs that are fed, in order, as plain numbers. The operator set is 18 unless the case names a later one. */
export async function nodeGradients(nodeCase: NodeCase, target: LoweringTarget = cpuTarget): Promise<number[][]> {
  const model = nodeModel({ opset: 18, ...nodeCase })
  const fed = nodeCase.inputs.flatMap((input, index) => (input && 'dims' in input ? [{ name: `x${index}`, ...input }] : []))
  const wrt = fed.map((input) => input.name)
  const result = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y0' }, wrt }, { target })
  const outputs = await runModel(result.model, Object.fromEntries(fed.map(({ name, dims, values }) => [name, floatTensor([...dims], Float32Array.from(values ?? []))])))
  return wrt.map((name) => [...(outputs[result.gradients.get(name) ?? '']?.data as Float32Array)])
}
