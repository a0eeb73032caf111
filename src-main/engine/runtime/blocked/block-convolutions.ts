/**
 * Convolutions whose kernels change from run to run, in onnxruntime's blocked layout. It moves a graph into that layout by itself only where kernels are
 * constants, and gathers columns for a product elsewhere; its operators take kernels that are values all the same, in blocks too, which costs a
 * transposition of the kernel. 1.1 ms where the plain convolution took 3.7 (16 to 16 channels of 32 x 32, batch of 32), 14 where it took 21
 * (64 to 64). What lies between such convolutions is computed in blocks as well, so that few values are reordered.
 */
import type { Model } from '../../onnx/model.ts'
import type { Fact } from '../../onnx/shapes/define-shape.ts'
import { blockConvolution, isLearned } from './convolution.ts'
import { blockedDomain, Layouts } from './layouts.ts'
import { blockOperator } from './operators.ts'
import { blockTransposedConvolution } from './transposed-convolution.ts'

/** `block`: channels of a block on this machine (block-size.ts). */
export function blockConvolutions(model: Model, facts: ReadonlyMap<string, Fact>, block: number): Model {
  const { graph } = model
  const layouts = new Layouts(graph, facts, block)
  if (!graph.nodes.some((node) => isLearned(layouts, node))) return model
  for (const node of graph.nodes) if (!blockConvolution(layouts, node) && !blockTransposedConvolution(layouts, node) && !blockOperator(layouts, node)) layouts.pass(node)
  for (const { name } of graph.outputs) layouts.plain(name)
  return { ...model, opsets: new Map([...model.opsets, [blockedDomain, 1]]), graph: { ...graph, nodes: layouts.nodes, initializers: layouts.initializers } }
}
