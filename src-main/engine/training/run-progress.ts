/** Whether a run gets on: what it gained and lost in an epoch, its best one, and where it breaks down. */
import { AppError } from '#contract/errors.ts'
import type { Epoch } from '#contract/training.ts'
import type { PreparedData } from './prepare.ts'
import type { CheckpointNotes } from './run-folder.ts'

export class NotFiniteError extends AppError {
  readonly step: number
  readonly rate: number
  readonly loss: number
  constructor(step: number, epoch: number, rate: number, loss: number) {
    super('run-failed', `The loss is ${Number.isNaN(loss) ? 'no number (NaN)' : Number.isFinite(loss) ? 'finite, but a gradient is not' : 'infinite'} at step ${step} of epoch ${epoch}, at a rate of ${rate.toPrecision(3)}. Training stopped before the weights were spoiled: lower the rate, limit the gradients (clip), or look for values in the data that are far out.`)
    this.step = step
    this.rate = rate
    this.loss = loss
  }
}

/** Validation examples right now and wrong an epoch before, and the reverse. */
export function changes(before: Int32Array | undefined, now: Int32Array, { dataset, parts, plan }: PreparedData): { gained: number; lost: number } {
  const { target } = dataset
  if (!before || plan.kind !== 'classes' || target.kind !== 'classes' || before.length !== now.length) return { gained: 0, lost: 0 }
  let gained = 0
  let lost = 0
  for (let row = 0; row < now.length; row++) {
    const actual = target.classOf[parts.validation[row] ?? 0]
    const [was, is] = [before[row] === actual, now[row] === actual]
    if (is && !was) gained++
    if (was && !is) lost++
  }
  return { gained, lost }
}

/** Classes: more right answers, or as many at a lower loss. Numbers: a lower loss. */
export function isBetter({ validation }: Epoch, best: CheckpointNotes['best'], { plan }: PreparedData): boolean {
  if (!best) return true
  if (plan.kind !== 'classes') return validation.loss < best.loss
  return validation.score > best.score || (validation.score === best.score && validation.loss < best.loss)
}

export const isLowestLoss = (history: readonly Epoch[]): boolean => history.slice(0, -1).every((epoch) => (history.at(-1)?.validation.loss ?? Infinity) < epoch.validation.loss)
