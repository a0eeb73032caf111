/**
 * Batch normalisation with statistics of the batch, in the primitives of the backward graph (autodiff/lowering/batch-norm-form.ts), whose statistics
 * are the same nodes: `shareSubexpressions` merges them. onnxruntime's WebGPU provider has no training mode, and on the CPU its kernel is slower.
 *   running' = momentum running + (1 - momentum) batch, with the biased variance, as the operator has it.
 */
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import { batchNormForm } from '../autodiff/lowering/batch-norm-form.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { floatOf, intOf } from '../onnx/attributes.ts'
import type { Model, Node } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'

const isTraining = (node: Node): boolean => node.opType === 'BatchNormalization' && node.domain === '' && intOf(node, 'training_mode', 0) === 1

export function expandNormalization(model: Model, target: LoweringTarget): Model {
  if (!model.graph.nodes.some(isTraining)) return model
  const facts = inferShapes(model)
  const emit = new Emit({ target, opset: 18, prefix: 'norm' })
  const nodes = model.graph.nodes.flatMap((node): readonly Node[] => {
    if (!isTraining(node)) return [node]
    const valueOf = (name: string): Value => ({ name, dataType: 'float32', dims: (facts.get(name)?.shape ?? []).map(Number) })
    const [x, scale, shift, mean, variance] = node.inputs.map(valueOf)
    if (!x || !scale || !shift || !mean || !variance) return [node]
    const before = emit.nodes.length
    emit.enter(node.name)
    const batch = batchNormForm(emit, x, floatOf(node, 'epsilon', 1e-5))
    const momentum = floatOf(node, 'momentum', 0.9)
    const running = (old: Value, now: Value): Value => emit.add(emit.mul(old, momentum), emit.mul(emit.reshape(now, old.dims), 1 - momentum))
    const results = [batch.output(scale, shift), running(mean, batch.mean), running(variance, batch.variance)]
    const made = emit.nodes.slice(before)
    // The results keep the names that the rest of the graph reads.
    const renamed = new Map(results.flatMap((result, index) => (node.outputs[index] ? [[result.name, node.outputs[index]]] : [])))
    return made.map((each) => ({ ...each, inputs: each.inputs.map((name) => renamed.get(name) ?? name), outputs: each.outputs.map((name) => renamed.get(name) ?? name) }))
  })
  return { ...model, graph: { ...model.graph, nodes, initializers: new Map([...model.graph.initializers, ...emit.initializers]) } }
}
