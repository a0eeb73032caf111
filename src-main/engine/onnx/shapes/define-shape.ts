/**
 * Shape inference, one rule an operator (or a family that shares one): what is known of the inputs to what is known of
 * the outputs. A file in this folder's `rules/` exports a default `ShapeRule`; the registry globs them.
 */
import type { DataType, Dim, Node, Shape, Tensor } from '../model.ts'

/** What is known of a value before anything runs. */
export interface Fact {
  readonly dataType: DataType
  /** Absent when not even the rank is known. */
  readonly shape?: Shape
  /** The content, where it is known and small (shape plumbing: Shape, Gather, Concat, ... of up to 4096 elements), or any initialiser. */
  readonly constant?: Tensor
  /** The content of a small tensor of known shape of which some elements are symbolic or unknown; read it through `content.ts`. */
  readonly elements?: readonly Dim[]
}

export interface ShapeContext {
  readonly node: Node
  /** Version of the standard operator set that the node is written in. */
  readonly opset: number
  /** Aligned with `node.inputs`; undefined for an omitted optional input or where nothing is known. */
  readonly inputs: readonly (Fact | undefined)[]
}

export interface ShapeRule {
  /** Standard-domain operators ('Conv'), or `domain::Operator`. */
  readonly ops: readonly string[]
  /** One fact per output of the node; undefined where nothing can be said. Throws AppError('shape-mismatch') on a contradiction. */
  readonly infer: (context: ShapeContext) => readonly (Fact | undefined)[]
}

export const defineShape = (rule: ShapeRule): ShapeRule => rule
