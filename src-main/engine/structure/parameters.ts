/** Which constants a network has learned, as far as the graph tells. */
import type { Node } from '../onnx/model.ts'
import { knownCount } from './value-graph.ts'
import type { ValueGraph } from './value-graph.ts'

/** Inputs of operators on quantised tensors that hold learned values (the others are scales and zero points). */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  QLinearConv: [3, 8], ConvInteger: [1], MatMulInteger: [0, 1], QLinearMatMul: [0, 3], QGemm: [0, 3, 6], QLinearAdd: [0, 3], QLinearMul: [0, 3], MatMulIntegerToFloat: [1, 6], DynamicQuantizeMatMul: [1, 4],
}
/** Inputs that configure an operator. Running statistics are measured, not learned. */
const configuringInputs: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4], Clip: [1, 2], Pad: [1, 2, 3], Resize: [1, 2, 3], Upsample: [1], Dropout: [1, 2], QuantizeLinear: [1, 2], DequantizeLinear: [1, 2], OneHot: [1, 2], GridSample: [], Range: [0, 1, 2], NonMaxSuppression: [2, 3, 4],
}
const computedFromShapes: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape', 'Range', 'EyeLike', 'Where'])

/** Adds the sources of a constant: initialisers and Constant nodes, by name, with their elements. */
function addSources(name: string, values: ValueGraph, sources: Map<string, number>): void {
  const node = values.producerOf(name)
  if (values.model.graph.initializers.has(name) || node?.opType === 'Constant') {
    sources.set(name, knownCount(values.shapeOf(name)))
    return
  }
  if (!node || computedFromShapes.has(node.opType)) return
  // PyTorch stores equal weights once and names the others by Identity: each is a parameter of its own.
  if (node.opType === 'Identity') sources.set(name, knownCount(values.shapeOf(name)))
  else for (const input of node.opType === 'DequantizeLinear' || node.opType === 'Reshape' || node.opType === 'Gather' ? node.inputs.slice(0, 1) : node.inputs) if (input !== '') addSources(input, values, sources)
}

/** Learned constants that a data node reads: elements by the name of the constant, so that shared ones can be counted once. */
export function parametersOf(node: Node, values: ValueGraph): ReadonlyMap<string, number> {
  const sources = new Map<string, number>()
  const learned = learnedInputs[node.opType]
  for (const [index, name] of node.inputs.entries()) {
    if (name === '' || !values.isConstant(name)) continue
    const real = values.typeOf(name)?.includes('float') ?? false
    const several = knownCount(values.shapeOf(name)) > 1 || node.opType === 'PRelu'
    if (learned ? !learned.includes(index) : !real || !several || configuringInputs[node.opType]?.includes(index)) continue
    addSources(name, values, sources)
  }
  return sources
}
