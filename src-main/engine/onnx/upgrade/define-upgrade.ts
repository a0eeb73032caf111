/** Rewriting one operator of an older operator set into what the same values are in operator set 18. */
import type { Attribute, DataType, Node, Tensor } from '../model.ts'
import type { Fact } from '../shapes/define-shape.ts'

export interface UpgradeContext {
  readonly node: Node
  /** Version of the standard operator set that the node is written in, below 18. */
  readonly opset: number
  /** What is known of the node's input at that position. */
  readonly fact: (input: number) => Fact | undefined
  /** Whether anybody reads the node's output at that position. */
  readonly reads: (output: number) => boolean
  /** A new constant; returns its name. */
  readonly constant: (tensor: Tensor) => string
  /** A name for an inner value. */
  readonly fresh: (suffix: string) => string
  /** Another node of the standard domain in the place of this one. */
  readonly make: (opType: string, inputs: readonly string[], outputs: readonly string[], attributes?: Readonly<Record<string, Attribute | undefined>>) => Node
}

export interface Upgrade {
  readonly ops: readonly string[]
  /** The operator set that first has the new form: nodes of that set or a newer one stay as they are. */
  readonly since: number
  /** The nodes, in order, that take the node's place. They must define all of its outputs that are read, under the same names. */
  readonly upgrade: (context: UpgradeContext) => readonly Node[]
}

export const defineUpgrade = (upgrade: Upgrade): Upgrade => upgrade

/** The node's element type by its first input. */
export const dataTypeOf = (context: UpgradeContext): DataType | undefined => context.fact(0)?.dataType
