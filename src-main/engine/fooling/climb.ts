/** Steps up a score, kept within the ball of a budget: what BIM, PGD and MI-FGSM share. */
import { project, stepAlong } from './ball.ts'
import type { Ball } from './ball.ts'
import type { AttackContext } from './define-method.ts'
import { roundWithin } from './eight-bit.ts'
import { isReached, logOdds } from './goal.ts'

export interface Climb {
  readonly start: Float32Array
  readonly ball: Ball
  readonly steps: number
  /** Length of a step, 0..255. */
  readonly size: number
  /** Share of the sum of earlier gradients, each divided by its L1 norm, that is kept; absent: the gradient of the moment alone. */
  readonly momentum?: number
}

/** The picture behind the last step, or the first whose 8-bit version reaches the goal. */
export async function climb({ probe, goal, tick }: AttackContext, center: Float32Array, { start, ball, steps, size, momentum }: Climb): Promise<Float32Array> {
  let picture = start
  let kept: Float32Array | undefined
  for (let step = 1; step <= steps; step++) {
    const { gradient, logits } = await probe.slope(picture, logOdds(goal))
    // The logits are those of the picture that this step starts from.
    if (isReached(goal, logits)) {
      const [rounded] = await probe.logits(roundWithin(picture, center, ball))
      if (rounded && isReached(goal, rounded)) return picture
    }
    kept = momentum === undefined ? gradient : accumulated(kept, gradient, momentum)
    picture = project(stepAlong(picture, kept, ball.norm, size), center, ball)
    await tick({ step, steps, label: `Step ${step} of ${steps}` }, picture)
  }
  return picture
}

function accumulated(sum: Float32Array | undefined, gradient: Float32Array, momentum: number): Float32Array {
  const length = gradient.reduce((total, value) => total + Math.abs(value), 0) || 1
  return gradient.map((value, index) => momentum * (sum?.[index] ?? 0) + value / length)
}
