/**
 * Batch normalisation with statistics of the batch, in primitives (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1): onnxruntime's WebGPU
 * provider has no training mode, and on the CPU its kernel is no faster.
 *   m = mean x,  c = x - m,  v = mean c²,  i = 1 / sqrt(v + e),  y = c (i scale) + shift
 *   running' = momentum running + (1 - momentum) batch, with the biased variance, as the operator has it.
 * The backward graph made the same m, c, v and i: `shareSubexpressions` merges them.
 */
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import { batchStatistics } from '../autodiff/lowering/batch-statistics.ts'
import { perChannel } from '../autodiff/lowering/normalize.ts'
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
    const rank = x.dims.length
    const batch = batchStatistics(emit, x, floatOf(node, 'epsilon', 1e-5))
    const momentum = floatOf(node, 'momentum', 0.9)
    const running = (old: Value, now: Value): Value => emit.add(emit.mul(old, momentum), emit.mul(emit.reshape(now, old.dims), 1 - momentum))
    const y = emit.add(emit.mul(batch.centered, emit.mul(batch.inverse, perChannel(emit, scale, rank))), perChannel(emit, shift, rank))
    const results = [y, running(mean, batch.mean), running(variance, batch.variance)]
    const made = emit.nodes.slice(before)
    // The results keep the names that the rest of the graph reads.
    const renamed = new Map(results.flatMap((result, index) => (node.outputs[index] ? [[result.name, node.outputs[index]]] : [])))
    return made.map((each) => ({ ...each, inputs: each.inputs.map((name) => renamed.get(name) ?? name), outputs: each.outputs.map((name) => renamed.get(name) ?? name) }))
  })
  return { ...model, graph: { ...model.graph, nodes, initializers: new Map([...model.graph.initializers, ...emit.initializers]) } }
}
