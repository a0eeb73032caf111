/**
 * A gradient rule: how the loss's derivative with respect to one operator's outputs gives its derivative with respect
 * to each input (a vector-Jacobian product). One file an operator in `rules/`, named exactly as the operator; the
 * registry globs them. Rules see models upgraded to operator set 18 or later, with every shape static.
 *
 * Model: tensorflow/tfjs `tfjs-core/src/gradients`, tinygrad `gradient.py`, jax `ad.py`.
 */
import type { Attribute, DataType, Node, Tensor } from '../onnx/model.ts'
import type { Emit, Value } from './emit.ts'

export interface GradientContext {
  /** Appends standard operators to the backward graph. */
  readonly emit: Emit
  readonly node: Node
  /** Operator set of the graph, at least 18. */
  readonly opset: number
  /** The forward inputs, aligned with `node.inputs`; undefined where an optional input is omitted. */
  readonly inputs: readonly (Value | undefined)[]
  /** The forward outputs, aligned with `node.outputs`; undefined where unused. */
  readonly outputs: readonly (Value | undefined)[]
  /** d loss / d output, aligned with `node.outputs`; undefined where nothing flows back through that output. */
  readonly gradients: readonly (Value | undefined)[]
  /** The input at `index`; a bug when it is omitted. Names its role for the reader: `const x = input(0)`. */
  input(index: number): Value
  output(index: number): Value
  /** d loss / d output 0 (or `index`); zeros when nothing flows back through that output. */
  dy(index?: number): Value
  /** The content of an input that must be known when the graph is built (axes, pads, shapes). Refused with a clear reason when it is not. */
  constantInput(index: number): Tensor
  /** The same, or undefined where the input is omitted. */
  optionalConstantInput(index: number): Tensor | undefined
  /** `constantInput` as numbers. */
  numbersInput(index: number): number[]
}

/** d loss / d that input. The walk un-broadcasts (sums to the input's shape), casts nothing and checks shape and type. */
export type InputGradient = (context: GradientContext) => Value

/** One model the generic gradient test runs: random inputs of these shapes, a random projection of the outputs. */
export interface GradientSample {
  /** Says what is covered: 'strides 2, asymmetric pads'. */
  readonly name: string
  readonly inputs: readonly SampleInput[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Number of outputs; 1 unless said. */
  readonly outputs?: number
  /** Operator set of the sample; the newest the project emits (18) unless said. Old semantics are reached by naming an old one. */
  readonly opset?: number
}

export type SampleInput =
  /** Differentiated: uniform in `range` (default [-1, 1]), kept `awayFrom` the listed kinks by at least 0.05; `distinct` draws a shuffled grid (no ties for Max). */
  | { readonly dims: readonly number[]; readonly range?: readonly [number, number]; readonly awayFrom?: readonly number[]; readonly distinct?: boolean; readonly dataType?: 'float32'; readonly differentiate?: boolean }
  /** A constant input (an initialiser): axes, indices, shapes. */
  | { readonly constant: readonly number[]; readonly dims: readonly number[]; readonly dataType: DataType }
  /** An omitted optional input. */
  | null

export interface GradientRule {
  readonly op: string
  /** '' (standard) unless said. */
  readonly domain?: string
  /**
   * Gradient by input position. A position that is absent is not differentiable (indices, shapes): the gradient stops there.
   * A rest rule serves every input of a variadic operator (Concat, Sum, Max).
   */
  readonly gradient: readonly (InputGradient | undefined)[] | ((context: GradientContext, index: number) => Value | undefined)
  /** Why this node has no gradient although its operator has a rule ("mode 'cubic' is not supported: use linear or nearest"), or undefined. */
  readonly refuse?: (context: Pick<GradientContext, 'node' | 'opset' | 'inputs' | 'optionalConstantInput'>) => string | undefined
  readonly samples: readonly GradientSample[]
}

export const defineGradient = (rule: GradientRule): GradientRule => rule
