/** What the loss is fed with: targets of the data, smoothed and weighted, in the form of the network's output. */
import { AppError } from '#contract/errors.ts'
import type { Loss } from '#contract/training.ts'
import type { LossDefinition } from './define-loss.ts'

export interface TargetFeeds {
  /** [n, outputs] */
  readonly target: Float32Array
  /** [n], one for each example; undefined where the loss takes none. */
  readonly weights: Float32Array | undefined
}

export interface TargetPlan {
  /** Answers of the data: classes, or columns of numbers. */
  readonly kind: 'classes' | 'numbers' | 'reconstruction'
  /** Columns of the data's targets. */
  readonly columns: number
  /** Columns of the network's output; 1 for a yes/no of two classes. */
  readonly outputs: number
  /** Mean 1 over the training part's examples; undefined where all weigh the same. */
  readonly classWeights: readonly number[] | undefined
}

/** 'balanced': inverse to the class's share, scaled so that the mean over examples is 1. A class without examples gets 0. */
export function classWeightsOf(loss: Pick<Loss, 'classWeights'>, counts: readonly number[]): readonly number[] | undefined {
  if (loss.classWeights === 'none') return undefined
  if (loss.classWeights === 'balanced') {
    const total = counts.reduce((sum, count) => sum + count, 0)
    const present = counts.filter((count) => count > 0).length
    return counts.map((count) => (count === 0 ? 0 : total / (present * count)))
  }
  if (loss.classWeights.length !== counts.length) throw new AppError('option-invalid', `loss.classWeights holds ${loss.classWeights.length} numbers; the data has ${counts.length} classes.`)
  return loss.classWeights
}

export function targetFeeds(rows: Float32Array, count: number, plan: TargetPlan, loss: Pick<Loss, 'labelSmoothing'>, definition: LossDefinition): TargetFeeds {
  const { kind, columns, outputs, classWeights } = plan
  const weights = definition.weighs === 'input' ? new Float32Array(count).fill(1) : undefined
  if (kind !== 'classes') return { target: rows, weights }
  const smoothing = loss.labelSmoothing
  if (smoothing === 0 && !classWeights && outputs === columns) return { target: rows, weights }
  const target = new Float32Array(count * outputs)
  for (let row = 0; row < count; row++) {
    const from = row * columns
    const weight = classWeights ? (classWeights[classOf(rows, from, columns)] ?? 1) : 1
    if (weights) weights[row] = weight
    const scale = weights ? 1 : weight
    for (let column = 0; column < outputs; column++) {
      const value = rows[from + (outputs === columns ? column : column + 1)] ?? 0
      target[row * outputs + column] = scale * (value * (1 - smoothing) + smoothing / columns)
    }
  }
  return { target, weights }
}

export function classOf(rows: Float32Array, from: number, columns: number): number {
  let best = 0
  for (let column = 1; column < columns; column++) if ((rows[from + column] ?? 0) > (rows[from + best] ?? 0)) best = column
  return best
}
