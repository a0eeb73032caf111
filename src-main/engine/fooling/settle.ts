/** From what a method found to what a file of 8 bits can hold. */
import { roundToBytes, roundWithin } from './eight-bit.ts'
import type { Ball } from './ball.ts'
import { isReached, surplusOf } from './goal.ts'
import type { Goal } from './goal.ts'
import type { Probe } from './probe.ts'

/** Changes below half a step of 8 bits vanish in the file: they are grown by up to that factor until the answer holds there. */
const factors = [1, 1.02, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.7, 2, 2.5, 3, 4, 6, 8, 12, 16, 24, 32] as const

/**
 * The rounded picture that reaches the goal with the smallest growth of the change; the one that comes nearest where none does. Within the
 * ball, if there is one.
 */
export async function settle(probe: Probe, goal: Goal, found: Float32Array, center: Float32Array, ball?: Ball): Promise<Float32Array> {
  let best: { readonly picture: Float32Array; readonly surplus: number } | undefined
  for (const factor of ball ? [1] : factors) {
    const grown = factor === 1 ? found : found.map((value, index) => (center[index] ?? 0) + factor * (value - (center[index] ?? 0)))
    const picture = ball ? roundWithin(grown, center, ball) : roundToBytes(grown)
    const [logits = new Float32Array()] = await probe.logits(picture)
    if (isReached(goal, logits)) return picture
    const surplus = surplusOf(goal, logits)
    if (!best || surplus > best.surplus) best = { picture, surplus }
  }
  return best?.picture ?? roundToBytes(found)
}
