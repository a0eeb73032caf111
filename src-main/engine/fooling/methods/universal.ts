import { clampPicture, normOf } from '../ball.ts'
import { budgetOption, defineMethod } from '../define-method.ts'
import { bestOf, isReached } from '../goal.ts'
import type { Goal } from '../goal.ts'
import { minimalStep } from '../minimal-step.ts'

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
  async run({ probe, options, random, tick, target }, pictures) {
    const limit = options.number('budget') / 255
    const change = new Float32Array(probe.length)
    const changed = (picture: Float32Array): Float32Array => clampPicture(picture.map((value, index) => value + (change[index] ?? 0)))
    const goals: Goal[] = []
    for (const picture of pictures) {
      const [logits] = await probe.logits(picture)
      goals.push(target === undefined ? { kind: 'leave', index: bestOf(logits ?? []) } : { kind: 'reach', index: target })
    }
    const [epochs, steps] = [options.number('epochs'), options.number('steps')]
    const total = epochs * pictures.length
    for (let epoch = 0, step = 0; epoch < epochs; epoch++) {
      let fooled = 0
      for (const index of random.shuffle(pictures.map((_, at) => at))) {
        const [picture, goal] = [pictures[index] ?? new Float32Array(), goals[index]]
        if (!goal) continue
        let at = changed(picture)
        let further: Float32Array | undefined
        for (let inner = 0; inner < steps; inner++) {
          const next = await minimalStep(probe, at, goal, 9)
          if (!next) { if (inner === 0) fooled++; break }
          further = further ? further.map((value, place) => value + (next[place] ?? 0)) : next
          // The authors' overshoot, 0.02.
          at = clampPicture(changed(picture).map((value, place) => value + 1.02 * (further?.[place] ?? 0)))
          if (normOf(next) === 0) break
        }
        if (further) for (let place = 0; place < change.length; place++) change[place] = Math.min(limit, Math.max(-limit, (change[place] ?? 0) + 1.02 * (further[place] ?? 0)))
        await tick({ step: ++step, steps: total, label: `Pass ${epoch + 1}, photograph ${(step - 1) % pictures.length + 1} of ${pictures.length}`, value: fooled / pictures.length }, change.map((value) => 0.5 + value / (2 * limit)))
      }
      if (await fooledShare() >= options.number('rate')) break
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
    return { apply: changed, change: { ...probe.extent, data: change.map((value) => 0.5 + value / (2 * limit)) } }
  },
})
