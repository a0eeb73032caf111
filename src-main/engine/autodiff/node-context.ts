/** What a rule is handed: the forward values of one node and the gradients that reach its outputs. */
import { AppError, invariant } from '#contract/errors.ts'
import type { Node, Tensor } from '../onnx/model.ts'
import { numbersOf } from '../onnx/tensor-data.ts'
import type { GradientContext } from './define-gradient.ts'
import type { Emit, Value } from './emit.ts'

export class NodeContext implements GradientContext {
  readonly emit: Emit
  readonly node: Node
  readonly opset: number
  readonly inputs: readonly (Value | undefined)[]
  readonly outputs: readonly (Value | undefined)[]
  readonly gradients: readonly (Value | undefined)[]

  constructor(fields: Pick<GradientContext, 'emit' | 'node' | 'opset' | 'inputs' | 'outputs' | 'gradients'>) {
    this.emit = fields.emit
    this.node = fields.node
    this.opset = fields.opset
    this.inputs = fields.inputs
    this.outputs = fields.outputs
    this.gradients = fields.gradients
  }

  // Arrow functions, so that a rule can take what it needs apart: ({ emit, input, dy }) => ...
  readonly input = (index: number): Value => {
    const value = this.inputs[index]
    invariant(value, `the gradient of ${this.node.opType} (node '${this.node.name}') reads input ${index}, which the node omits`)
    return value
  }

  readonly output = (index: number): Value => {
    const value = this.outputs[index]
    invariant(value, `the gradient of ${this.node.opType} (node '${this.node.name}') reads output ${index}, which the node omits`)
    return value
  }

  readonly dy = (index = 0): Value => this.gradients[index] ?? this.emit.zerosLike(this.output(index))

  readonly constantInput = (index: number): Tensor => {
    const tensor = this.optionalConstantInput(index)
    invariant(tensor, `the gradient of ${this.node.opType} (node '${this.node.name}') reads input ${index}, which the node omits`)
    return tensor
  }

  readonly optionalConstantInput = (index: number): Tensor | undefined => {
    const value = this.inputs[index]
    if (!value || value.constant) return value?.constant
    throw new AppError('gradient-refused', `The gradient of ${this.node.opType} (node '${this.node.name}') needs its input ${index} ('${value.name}') to be known before the model runs, and it is computed from the model's input. Export the model with that value fixed.`, { data: { node: this.node.name, op: this.node.opType } })
  }

  readonly numbersInput = (index: number): number[] => numbersOf(this.constantInput(index))
}
