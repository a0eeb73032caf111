/** What shape rules read from their context, and how they fail. */
import { AppError } from '#contract/errors.ts'
import { intsOf } from '../attributes.ts'
import { dataTypes } from '../model.ts'
import type { DataType, Dim, Node, Shape } from '../model.ts'
import { contentOf } from './content.ts'
import type { Fact, ShapeContext } from './define-shape.ts'
import { broadcastShapes, isNumber, showShape, unifyDims } from './dims.ts'

/** Names a node for the reader of an error: exporters leave names empty, outputs never. */
export const describeNode = (node: Pick<Node, 'name' | 'opType' | 'outputs'>): string => `${node.opType} node '${node.name || (node.outputs.find(Boolean) ?? '')}'`

export function mismatch(context: Pick<ShapeContext, 'node'>, problem: string): never {
  const { node } = context
  throw new AppError('shape-mismatch', `${describeNode(node)}: ${problem}`, { data: { node: node.name, op: node.opType, outputs: node.outputs } })
}

export const shapeAt = (context: ShapeContext, index: number): Shape | undefined => context.inputs[index]?.shape
export const typeAt = (context: ShapeContext, index: number, otherwise: DataType = 'float32'): DataType => context.inputs[index]?.dataType ?? otherwise
/** Whether the node names an input there (nothing may be known of it). */
export const hasInput = (context: ShapeContext, index: number): boolean => Boolean(context.node.inputs[index])

/** The content of a small input; elements that are not known as numbers are names or null. */
export const elementsAt = (context: ShapeContext, index: number): readonly Dim[] | undefined => contentOf(context.inputs[index])?.values

/** The content of a small input, where all of it is known. */
export function numbersAt(context: ShapeContext, index: number): readonly number[] | undefined {
  const values = elementsAt(context, index)
  return values?.every(isNumber) ? values : undefined
}

/** Integers that older operator sets hold in an attribute and newer ones in an input. `absent`: the node has neither. */
export function listOf(context: ShapeContext, attribute: string, input: number): readonly number[] | 'unknown' | 'absent' {
  const listed = intsOf(context.node, attribute)
  if (listed) return listed
  if (!hasInput(context, input)) return 'absent'
  return numbersAt(context, input) ?? 'unknown'
}

/** An axis counted from the front. */
export function axisIn(context: ShapeContext, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis
  if (resolved < 0 || resolved >= rank) mismatch(context, `axis ${axis} was expected to lie in [${-rank}, ${rank - 1}], as its input has rank ${rank}.`)
  return resolved
}

/** numpy broadcasting of inputs; undefined where the rank of one of them is not known. */
export function broadcastInputs(context: ShapeContext, indices: readonly number[]): Shape | undefined {
  const shapes: Shape[] = []
  for (const index of indices) {
    const shape = shapeAt(context, index)
    if (!shape) return undefined
    shapes.push(shape)
  }
  const result = broadcastShapes(shapes)
  if ('failsAt' in result) mismatch(context, `its inputs were expected to broadcast, got ${shapes.map(showShape).join(' and ')} (axis ${result.failsAt} differs).`)
  return result.shape
}

/** All inputs broadcast together. Before operator set 7 the first input's shape is the result's (`broadcast` and `axis` place the second). */
export const broadcastAll = (context: ShapeContext): Shape | undefined =>
  context.opset < 7 ? shapeAt(context, 0) : broadcastInputs(context, context.node.inputs.map((_, index) => index))

/** One extent that two inputs must share. */
export function sharedDim(context: ShapeContext, what: string, a: Dim | undefined, b: Dim | undefined): Dim {
  const shared = unifyDims(a ?? null, b ?? null)
  if (shared === undefined) mismatch(context, `${what}: expected ${a}, got ${b}.`)
  return shared
}

export const unknownShape = (rank: number): Shape => Array<Dim>(rank).fill(null)

/** A TensorProto.DataType number by name. */
export const dataTypeOf = (number: number): DataType => dataTypes[number] ?? 'undefined'

/** The input's fact with a shape (its own unless given) and without its content. */
export function likeInput(context: ShapeContext, index = 0, shape = context.inputs[index]?.shape): Fact | undefined {
  const fact = context.inputs[index]
  return fact && { dataType: fact.dataType, shape }
}
