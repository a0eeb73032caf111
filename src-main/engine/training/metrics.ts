/** What a network's answers are worth: gathered row by row. */
import type { Loss, Metrics } from '#contract/training.ts'
import type { Batch } from '../datasets/batches.ts'
import type { PreparedData } from './prepare.ts'
import { classOf } from './targets.ts'
import type { TargetPlan } from './targets.ts'

/** Of one row of outputs against its target, without weights and smoothing. */
export function rowLoss(loss: Pick<Loss, 'kind' | 'gamma' | 'delta'>, outputs: Float32Array, from: number, targets: Float32Array, targetFrom: number, columns: number): number {
  let sum = 0
  switch (loss.kind) {
    case 'cross-entropy': case 'focal': {
      let largest = -Infinity
      for (let column = 0; column < columns; column++) largest = Math.max(largest, outputs[from + column]!)
      let total = 0
      for (let column = 0; column < columns; column++) total += Math.exp(outputs[from + column]! - largest)
      for (let column = 0; column < columns; column++) {
        const share = targets[targetFrom + column]!
        if (share === 0) continue
        const log = outputs[from + column]! - largest - Math.log(total)
        sum -= share * log * (loss.kind === 'focal' ? (1 - Math.exp(log)) ** loss.gamma : 1)
      }
      return sum
    }
    case 'binary-cross-entropy':
      for (let column = 0; column < columns; column++) {
        const z = outputs[from + column]!
        sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[targetFrom + column]! * z
      }
      return sum / columns
    case 'squared-error':
      for (let column = 0; column < columns; column++) sum += (outputs[from + column]! - targets[targetFrom + column]!) ** 2
      return sum / columns
    case 'huber':
      for (let column = 0; column < columns; column++) {
        const distance = Math.abs(outputs[from + column]! - targets[targetFrom + column]!)
        sum += distance <= loss.delta ? distance ** 2 / 2 : loss.delta * (distance - loss.delta / 2)
      }
      return sum / columns
  }
}

export class Tally {
  readonly #plan: TargetPlan
  readonly #loss: Loss
  readonly #confusion: Float64Array
  #rows = 0
  #lossSum = 0
  #right = 0
  /** Confidence of right answers, and of wrong ones each. */
  #rightConfidence = 0
  readonly #wrongConfidence: number[] = []
  #squares = 0
  #sums: Float64Array
  #sumsOfSquares: Float64Array

  constructor(plan: TargetPlan, loss: Loss) {
    this.#plan = plan
    this.#loss = loss
    const classes = plan.kind === 'classes' ? plan.columns : 0
    this.#confusion = new Float64Array(classes * classes)
    const columns = plan.kind === 'classes' ? 0 : plan.outputs
    this.#sums = new Float64Array(columns)
    this.#sumsOfSquares = new Float64Array(columns)
  }

  /** `targets` as the data has them: one-hot, or numbers. Writes each row's class into `predicted`. */
  add(outputs: Float32Array, targets: Float32Array, count: number, predicted?: Int32Array): void {
    const { kind, columns, outputs: width } = this.#plan
    for (let row = 0; row < count; row++) {
      if (kind === 'classes') {
        const actual = classOf(targets, row * columns, columns)
        const answer = width === columns ? classOf(outputs, row * width, width) : Number((outputs[row] ?? 0) > 0)
        if (predicted) predicted[row] = answer
        this.#confusion[actual * columns + answer]!++
        const confidence = confidenceOf(this.#loss.kind, outputs, row * width, width, answer)
        if (answer === actual) { this.#right++; this.#rightConfidence += confidence } else this.#wrongConfidence.push(confidence)
        this.#lossSum += width === columns ? rowLoss(this.#loss, outputs, row * width, targets, row * columns, columns) : rowLoss(this.#loss, outputs, row, targets, row * columns + 1, 1)
      } else {
        this.#lossSum += rowLoss(this.#loss, outputs, row * width, targets, row * width, width)
        for (let column = 0; column < width; column++) {
          const value = targets[row * width + column]!
          this.#squares += (outputs[row * width + column]! - value) ** 2
          this.#sums[column]! += value
          this.#sumsOfSquares[column]! += value ** 2
        }
      }
      this.#rows++
    }
  }

  get rows(): number { return this.#rows }

  metrics(): Metrics {
    const rows = Math.max(1, this.#rows)
    const { kind, columns } = this.#plan
    const loss = this.#lossSum / rows
    if (kind !== 'classes') return { loss, score: this.#determination(rows), recall: [], confusion: [] }
    const confusion = Array.from({ length: columns }, (_, actual) => Array.from(this.#confusion.subarray(actual * columns, (actual + 1) * columns)))
    const recall = confusion.map((row, actual) => (row[actual] ?? 0) / Math.max(1, row.reduce((sum, count) => sum + count, 0)))
    return { loss, score: this.#right / rows, recall, confusion }
  }

  /** Share of examples whose answer is wrong with more confidence than right answers have on average. */
  contradicted(): number {
    const mean = this.#rightConfidence / Math.max(1, this.#right)
    return this.#wrongConfidence.filter((confidence) => confidence > mean).length / Math.max(1, this.#rows)
  }

  /** R² = 1 - sum (y - t)² / sum (t - mean t)², all columns together; 0 where the targets do not vary. */
  #determination(rows: number): number {
    const spread = this.#sumsOfSquares.reduce((sum, squares, column) => sum + squares - this.#sums[column]! ** 2 / rows, 0)
    return spread > 0 ? 1 - this.#squares / spread : 0
  }
}

function confidenceOf(kind: Loss['kind'], outputs: Float32Array, from: number, width: number, answer: number): number {
  if (width === 1) {
    const yes = 1 / (1 + Math.exp(-outputs[from]!))
    return answer === 1 ? yes : 1 - yes
  }
  if (kind === 'binary-cross-entropy') return 1 / (1 + Math.exp(-outputs[from + answer]!))
  if (kind === 'squared-error' || kind === 'huber') return outputs[from + answer]!
  let total = 0
  for (let column = 0; column < width; column++) total += Math.exp(outputs[from + column]! - outputs[from + answer]!)
  return 1 / total
}

/** Of a batch's answers: share of right ones, or how much of the spread they explain. */
export function scoreOf({ plan, recipe, batch: count }: PreparedData, output: Float32Array, batch: Batch): number {
  const tally = new Tally(plan, recipe.loss)
  tally.add(output, plan.kind === 'reconstruction' ? batch.input : batch.target, count)
  return tally.metrics().score
}
