/** A loss: one file in `losses/`. */
import type { Loss } from '#contract/training.ts'
import type { Target } from '../autodiff/target.ts'
import type { Flow, NetworkBuilder } from './builder.ts'

export interface LossContext {
  readonly options: Loss
  /** Graph input of the targets, of the output's shape. */
  readonly target: string
  /** Graph input [batch, 1] of a weight for each example; a loss that asks for it says so in `weighs`. */
  readonly weights: string
  /** Logarithm of each class's share of the training part, where the target is a class. */
  readonly logPriors: readonly number[] | undefined
}

export interface LossDefinition {
  readonly kind: Loss['kind']
  /** 'target': class weights are worked into the targets; 'input': they are fed beside. */
  readonly weighs: 'target' | 'input'
  /** Adds the nodes of the loss behind `output`, and says which scalar is differentiated: the mean over the batch. */
  readonly build: (builder: NetworkBuilder, output: Flow, context: LossContext) => Target
  /** What the exported model answers with. */
  readonly answer: 'softmax' | 'sigmoid' | 'values'
}

export const defineLoss = (definition: LossDefinition): LossDefinition => definition
