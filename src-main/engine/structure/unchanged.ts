/** Nodes that happen to change nothing: exporters write a Pad by zero and a Slice of everything. */
import { opsetOf } from '../onnx/model.ts'
import { listOf } from '../onnx/shapes/context.ts'
import type { ShapeContext } from '../onnx/shapes/define-shape.ts'
import { slicesOf } from '../onnx/shapes/slicing.ts'
import type { Unit } from './unit.ts'
import type { ValueGraph } from './value-graph.ts'

export function leavesUnchanged({ nodes, inputs, outputs }: Unit, values: ValueGraph): boolean {
  const [node] = nodes
  const before = values.shapeOf(inputs[0] ?? '')
  if (!node || nodes.length !== 1 || !before || before.join() !== values.shapeOf(outputs[0] ?? '')?.join() || before.includes(null)) return false
  const context: ShapeContext = { node, opset: opsetOf(values.model), inputs: node.inputs.map((name) => values.facts.get(name)) }
  if (node.opType === 'Pad') {
    const pads = listOf(context, 'pads', 1)
    return typeof pads === 'object' && pads.every((amount) => amount === 0)
  }
  if (node.opType !== 'Slice') return node.opType === 'Expand' || node.opType === 'Tile'
  const slices = slicesOf(context, before.length)
  return slices !== 'unknown' && [...slices.values()].every(({ step }) => step === 1)
}
