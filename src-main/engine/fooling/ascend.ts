/** Up the log-odds of a class, until the network is sure of the written file. */
import type { AttackContext } from './define-method.ts'
import { roundToBytes } from './eight-bit.ts'
import { logOdds } from './goal.ts'
import { keepPolarity } from './polarity.ts'
import { probabilitiesOf } from '../preprocessing/host-values.ts'

/**
 * x' = clamp(x + a g / mean |g|): steps of one mean size, whatever the slope. For a class to be left, its probability falls below 1 - confidence.
 * `shape` may turn the gradient to another direction that still leads up.
 */
export async function ascend({ probe, goal, options, tick }: AttackContext, start: Float32Array, shape: (gradient: Float32Array) => Float32Array = (gradient) => gradient): Promise<Float32Array> {
  const [steps, confidence, rate] = [options.number('steps'), options.number('confidence'), options.number('rate')]
  const sureness = (probability: number): number => (goal.kind === 'reach' ? probability : 1 - probability)
  let picture = keepPolarity(probe, start)
  let best = { picture, sureness: -1 }
  for (let step = 1; step <= steps; step++) {
    const { logits, gradient: steepest } = await probe.slope(picture, logOdds(goal))
    const gradient = shape(steepest)
    const now = sureness(probabilitiesOf(logits, 'logits')[goal.index] ?? 0)
    if (now >= confidence || now > best.sureness + 0.1) {
      const [answer] = await probe.answers(roundToBytes(picture))
      const written = sureness(answer?.[goal.index] ?? 0)
      if (written > best.sureness) best = { picture, sureness: written }
      if (written >= confidence) break
    }
    const mean = gradient.reduce((sum, value) => sum + Math.abs(value), 0) / gradient.length
    if (mean === 0) break
    const factor = rate / 255 / mean
    picture = keepPolarity(probe, picture.map((value, index) => Math.min(1, Math.max(0, value + factor * (gradient[index] ?? 0)))))
    await tick({ step, steps, label: `${probe.labelOf(goal.index)}: ${percent(now)}`, value: now }, picture)
  }
  const [last] = await probe.answers(roundToBytes(picture))
  return sureness(last?.[goal.index] ?? 0) >= best.sureness ? picture : best.picture
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0.999 ? 3 : 1)} %`
