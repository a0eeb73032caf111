import { clampPicture } from '../ball.ts'
import { defineMethod } from '../define-method.ts'
import { minimalStep } from '../minimal-step.ts'

/** Steps to the nearest border of the network made linear, until one is crossed: x = x_0 + (1 + overshoot) sum r_i (Moosavi-Dezfooli et al. 2015, algorithm 2). */
export default defineMethod({
  id: 'deepfool', kind: 'picture', title: 'DeepFool', norm: 'l2',
  summary: 'The smallest change it can find: straight over the nearest border between two answers.',
  citation: 'Moosavi-Dezfooli, Fawzi, Frossard 2015, arXiv:1511.04599',
  options: [
    { type: 'integer', id: 'steps', title: 'Steps', help: 'Most steps.', minimum: 1, maximum: 1000, initial: 50 },
    { type: 'number', id: 'overshoot', title: 'Overshoot', help: 'Share of the change added, to end beyond the border.', minimum: 0, maximum: 1, initial: 0.02 },
    { type: 'integer', id: 'candidates', title: 'Borders looked at', help: 'The likeliest other classes.', minimum: 1, maximum: 1000, initial: 9 },
  ],
  async run({ probe, goal, options, tick }, picture) {
    const [steps, overshoot] = [options.number('steps'), options.number('overshoot')]
    const change = new Float32Array(picture.length)
    const changed = (): Float32Array => clampPicture(picture.map((value, index) => value + (1 + overshoot) * (change[index] ?? 0)))
    for (let step = 1; step <= steps; step++) {
      const next = await minimalStep(probe, changed(), goal, options.number('candidates'))
      if (!next) break
      next.forEach((value, index) => { change[index] = (change[index] ?? 0) + value })
      await tick({ step, steps, label: `Step ${step}, at most ${steps}` }, changed())
    }
    return changed()
  },
})
