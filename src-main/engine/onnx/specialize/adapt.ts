/** Nodes whose constants were computed from the input size that a model was exported for, rewritten for another size. */
import { AppError } from '#contract/errors.ts'
import { ints, intOf, intsOf } from '../attributes.ts'
import { isStandard } from '../model.ts'
import type { Node, Tensor } from '../model.ts'
import { describeNode } from '../shapes/context.ts'
import type { Fact } from '../shapes/define-shape.ts'
import { staticDims } from '../shapes/dims.ts'
import { int64Tensor, numbersOf } from '../tensor-data.ts'
import { regrouped } from './regroup.ts'

export interface AdaptContext {
  readonly node: Node
  /** Facts at the size that the model was exported for, by value name. */
  readonly before: (name: string | undefined) => Fact | undefined
  /** Facts at the new size, of the node's inputs. */
  readonly now: (name: string | undefined) => Fact | undefined
  /** A new constant; returns its name. */
  readonly constant: (tensor: Tensor) => string
}

/**
 * The node itself where nothing in it depends on the size.
 * @throws AppError 'shape-mismatch' where something does, and what it should become cannot be told
 */
export function adapted(context: AdaptContext): Node {
  const { node, before, now } = context
  if (!isStandard(node)) return node
  const from = staticDims(before(node.inputs[0])?.shape)
  const to = staticDims(now(node.inputs[0])?.shape)
  if (!from || !to || from.length !== to.length || from.every((dim, axis) => dim === to[axis])) return node
  switch (node.opType) {
    case 'Reshape': return reshape(context, from, to)
    case 'Resize': return resize(context, from, to)
    case 'Slice': return slice(context, from)
    case 'AveragePool': case 'MaxPool': return pool(node, from, to)
    default: return node
  }
}

function reshape({ node, before, now, constant }: AdaptContext, from: readonly number[], to: readonly number[]): Node {
  const written = before(node.inputs[1])?.constant
  const target = staticDims(before(node.outputs[0])?.shape)
  const current = now(node.inputs[1])?.constant
  if (!written || !target || !current) return node
  const [old, dims] = [numbersOf(written), numbersOf(current)]
  // A target that the graph computes from the size, and that fits, is right as it is.
  if (!same(old, dims) && fits(dims, to)) return node
  const wanted = regrouped(from, target, to)
  // Passed on as it is, a -1 in it could swallow the change and mix pictures with one another.
  if (!wanted) throw new AppError('shape-mismatch', `${describeNode(node)}: its target [${old.join(', ')}] was written for an input of [${from.join(', ')}]; for one of [${to.join(', ')}] it cannot be told.`)
  if (same(resolved(dims, to), wanted)) return node
  // Where nothing changed, a 0 or -1 of the file stays: it says more than the number that it comes to here.
  const kept = wanted.map((dim, axis) => (dim === target[axis] ? (dims[axis] ?? dim) : dim))
  const result = same(resolved(kept, to), wanted) ? kept : wanted
  return { ...node, inputs: [node.inputs[0] ?? '', constant(int64Tensor([result.length], result))] }
}

const elements = (dims: readonly number[]): number => dims.reduce((whole, dim) => whole * dim, 1)
const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((dim, axis) => dim === b[axis])

/** A reshape target with its zeros copied and its -1 filled in; of the wrong size where it does not fit. */
function resolved(target: readonly number[], input: readonly number[]): readonly number[] {
  const copied = target.map((dim, axis) => (dim === 0 ? (input[axis] ?? 0) : dim))
  const rest = elements(input) / elements(copied.filter((dim) => dim !== -1))
  return copied.map((dim) => (dim === -1 ? rest : dim))
}

function fits(target: readonly number[], input: readonly number[]): boolean {
  const dims = resolved(target, input)
  return dims.every(Number.isInteger) && elements(dims) === elements(input)
}

/** Output sizes that were written down grow with the input. */
function resize({ node, before, constant }: AdaptContext, from: readonly number[], to: readonly number[]): Node {
  const sizes = before(node.inputs[3])?.constant
  if (!sizes || node.attributes.has('axes') || sizes.dims[0] !== from.length) return node
  const scaled = numbersOf(sizes).map((size, axis) => (from[axis] === to[axis] ? size : Math.round((size * (to[axis] ?? 1)) / (from[axis] ?? 1))))
  return { ...node, inputs: [...node.inputs.slice(0, 3), constant(int64Tensor([scaled.length], scaled))] }
}

/** A slice up to the old end is a slice to the end. */
function slice({ node, before, constant }: AdaptContext, from: readonly number[]): Node {
  const [starts, ends] = [before(node.inputs[1])?.constant, before(node.inputs[2])?.constant]
  if (!starts || !ends || (node.inputs[3] && !before(node.inputs[3])?.constant)) return node
  const axes = before(node.inputs[3])?.constant
  const ordered = axes ? numbersOf(axes).map((axis) => (axis < 0 ? axis + from.length : axis)) : from.map((_, axis) => axis)
  const open = numbersOf(ends).map((end, index) => (end > 0 && end === from[ordered[index] ?? -1] ? Number.MAX_SAFE_INTEGER : end))
  if (same(open, numbersOf(ends))) return node
  return { ...node, inputs: [node.inputs[0] ?? '', node.inputs[1] ?? '', constant(int64Tensor([open.length], open)), ...node.inputs.slice(3)] }
}

/** A window over the whole of the old picture is one over the whole of the new. */
function pool(node: Node, from: readonly number[], to: readonly number[]): Node {
  const kernel = intsOf(node, 'kernel_shape') ?? []
  const isGlobal = kernel.length > 0 && kernel.every((extent, axis) => extent === from[axis + 2]) && !intsOf(node, 'pads')?.some((amount) => amount !== 0)
    && !intsOf(node, 'dilations')?.some((step) => step !== 1) && !node.attributes.has('auto_pad') && intOf(node, 'ceil_mode', 0) === 0
  return isGlobal ? { ...node, attributes: new Map([...node.attributes, ['kernel_shape', ints(to.slice(2))]]) } : node
}
