import { clampPicture, normOf } from '../ball.ts'
import { budgetOption, defineMethod } from '../define-method.ts'
import { bestOf, isReached } from '../goal.ts'
import type { Goal } from '../goal.ts'
import { minimalStep } from '../minimal-step.ts'

/** The authors': a little beyond the border, and the borders to as many other classes looked at. */
const [overshoot, candidates] = [1.02, 9] as const

/**
 * One change for all photographs: where it does not fool yet, the smallest further change that does (DeepFool) is added and the sum
 * projected on the budget (Moosavi-Dezfooli et al. 2016, arXiv:1610.08401, algorithm 1).
 */
export default defineMethod({
  id: 'universal', kind: 'set', title: 'Universal perturbation', norm: 'linf', budget: 'budget',
  summary: 'One and the same change that fools on most photographs of a folder.',
  citation: 'Moosavi-Dezfooli, Fawzi, Fawzi, Frossard 2016, arXiv:1610.08401',
  options: [
    budgetOption(10),
    { type: 'integer', id: 'epochs', title: 'Passes over the folder', help: 'Most passes.', minimum: 1, maximum: 100, initial: 5 },
    { type: 'integer', id: 'steps', title: 'DeepFool steps', help: 'Most steps per photograph.', minimum: 1, maximum: 100, initial: 10 },
    { type: 'number', id: 'rate', title: 'Fooled at last', help: 'Share of the photographs at which it ends.', minimum: 0.05, maximum: 1, initial: 0.8 },
  ],
  async run({ probe, options, randomOf, from, tick, target }, pictures) {
    const limit = options.number('budget') / 255
    const change = from?.tensors.get('change')?.slice() ?? new Float32Array(probe.length)
    const changed = (picture: Float32Array): Float32Array => clampPicture(picture.map((value, index) => value + (change[index] ?? 0)))
    const shown = (): Float32Array => change.map((value) => 0.5 + value / (2 * limit))
    const goals: Goal[] = []
    for (const picture of pictures) {
      const [logits] = await probe.logits(picture)
      goals.push(target === undefined ? { kind: 'leave', index: bestOf(logits ?? []) } : { kind: 'reach', index: target })
    }
    const [epochs, steps] = [options.number('epochs'), options.number('steps')]
    const total = epochs * pictures.length
    let fooled = from?.notes['fooled'] ?? 0
    let order: readonly number[] = []
    for (let step = from?.step ?? 0; step < total; step++) {
      const [epoch, place] = [Math.floor(step / pictures.length), step % pictures.length]
      if (place === 0) {
        if (epoch > 0 && await fooledShare() >= options.number('rate')) break
        fooled = 0
      }
      if (place === 0 || order.length === 0) order = randomOf(epoch).shuffle(pictures.map((_, at) => at))
      const index = order[place] ?? 0
      const [picture, goal] = [pictures[index], goals[index]]
      if (!picture || !goal) continue
      const further = await beyond(picture, goal)
      if (further) for (let at = 0; at < change.length; at++) change[at] = Math.min(limit, Math.max(-limit, (change[at] ?? 0) + overshoot * (further[at] ?? 0)))
      else fooled++
      await tick({ steps: total, label: `Pass ${epoch + 1}, photograph ${place + 1} of ${pictures.length}`, value: fooled / pictures.length }, shown(), { step: step + 1, tensors: new Map([['change', change.slice()]]), notes: { fooled } })
    }
    return { apply: changed, change: { ...probe.extent, data: shown() } }

    /** What has to be added for that picture; undefined where it is fooled as it is. */
    async function beyond(picture: Float32Array, goal: Goal): Promise<Float32Array | undefined> {
      let at = changed(picture)
      let further: Float32Array | undefined
      for (let inner = 0; inner < steps; inner++) {
        const next = await minimalStep(probe, at, goal, candidates)
        if (!next) break
        further = further ? further.map((value, place) => value + (next[place] ?? 0)) : next
        at = clampPicture(changed(picture).map((value, place) => value + overshoot * (further?.[place] ?? 0)))
        if (normOf(next) === 0) break
      }
      return further
    }

    async function fooledShare(): Promise<number> {
      let count = 0
      for (const [index, picture] of pictures.entries()) {
        const [logits] = await probe.logits(changed(picture))
        const goal = goals[index]
        if (logits && goal && isReached(goal, logits)) count++
      }
      return count / pictures.length
    }
  },
})
