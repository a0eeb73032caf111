/** Which value a class target differentiates. */
import type { GraphIndex } from '../onnx/graph.ts'
import { indexGraph } from '../onnx/graph.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { isStandard } from '../onnx/model.ts'

/** Operators that keep the elements of one picture and their order. */
const passing: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast', 'Dropout'])
/** Operators whose input holds one score a class. Sigmoid: several classes at once, each with its own logit. */
const normalizing: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Sigmoid'])

/**
 * The logits behind a class output: what goes into the Softmax that makes it (or LogSoftmax, Sigmoid), reached through
 * nodes that keep elements and order. Probabilities saturate, and the gradient of one class's probability points away from
 * every other class; Simonyan et al. 2013 (arXiv:1312.6034, section 2) and Selvaraju et al. 2017 take the score before it.
 * An output without one is returned as it is, also behind a ReLU.
 */
export function logitsOf(graph: Graph, output: string, { producers }: Pick<GraphIndex, 'producers'> = indexGraph(graph)): string {
  const seen = new Set<Node>()
  for (let node = producers.get(output); node && isStandard(node) && !seen.has(node); node = producers.get(node.inputs[0] ?? '')) {
    seen.add(node)
    if (normalizing.has(node.opType)) return node.inputs[0] ?? output
    if (!passing.has(node.opType)) return output
  }
  return output
}
