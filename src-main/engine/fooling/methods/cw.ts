import { HostAdam } from '../../optimizers/host-adam.ts'
import { defineMethod } from '../define-method.ts'
import { isReached, surplusOf } from '../goal.ts'

/** How far from 0 and 1 a picture begins, where tanh is flat. */
const edge = 1 - 1e-6

/**
 * Least |x' - x|^2 + c max(-surplus, -kappa) with x' = (tanh w + 1) / 2, by Adam over w; c found by bisection
 * (Carlini and Wagner 2017, arXiv:1608.04644, section VI-A).
 */
export default defineMethod({
  id: 'cw', kind: 'picture', title: 'Carlini and Wagner, L2', norm: 'l2',
  summary: 'Distance and answer weighed against each other, the weight found by bisection: smaller changes than most, more runs.',
  citation: 'Carlini, Wagner 2017, arXiv:1608.04644',
  options: [
    { type: 'integer', id: 'steps', title: 'Steps per weight', help: 'Of Adam.', minimum: 1, maximum: 10_000, initial: 100 },
    { type: 'integer', id: 'searches', title: 'Weights tried', help: 'Of the bisection.', minimum: 1, maximum: 20, initial: 5 },
    { type: 'number', id: 'rate', title: 'Rate', help: "Adam's.", minimum: 1e-5, maximum: 1, initial: 0.01 },
    { type: 'number', id: 'weight', title: 'First weight', help: 'Of the answer against the squared distance in 0..1.', minimum: 1e-6, maximum: 1e6, initial: 1 },
    { type: 'number', id: 'confidence', title: 'Confidence', help: 'How far the answer is to be surpassed, in logits (kappa).', minimum: 0, maximum: 100, initial: 0 },
  ],
  async run({ probe, goal, options, tick }, picture) {
    const [steps, searches, rate, kappa] = [options.number('steps'), options.number('searches'), options.number('rate'), options.number('confidence')]
    const sign = goal.kind === 'reach' ? 1 : -1
    const origin = picture.map((value) => Math.atanh(edge * (2 * value - 1)))
    let [weight, low, high] = [options.number('weight'), 0, Infinity]
    let best: { readonly picture: Float32Array; readonly squares: number } | undefined
    let last: Float32Array = picture
    // d loss / d w, with dx' / dw = 2 x' (1 - x').
    const slope = new Float64Array(picture.length)
    for (let search = 0; search < searches; search++) {
      const w = origin.slice()
      const adam = new HostAdam(w.length, rate)
      let found = false
      for (let step = 1; step <= steps; step++) {
        const changed = w.map((value) => (Math.tanh(value) + 1) / 2)
        const { logits, gradient } = await probe.slope(changed, { kind: 'margin', index: goal.index, sign })
        const squares = changed.reduce((sum, value, index) => sum + (value - (picture[index] ?? 0)) ** 2, 0)
        if (isReached(goal, logits) && surplusOf(goal, logits) >= kappa) {
          found = true
          if (!best || squares < best.squares) best = { picture: changed, squares }
        }
        // Behind kappa the answer is good enough and its term is flat.
        const pull = surplusOf(goal, logits) < kappa ? weight : 0
        for (let index = 0; index < w.length; index++) {
          const x = changed[index]!
          slope[index] = (2 * (x - picture[index]!) - pull * gradient[index]!) * 2 * x * (1 - x)
        }
        adam.descend(w, slope)
        last = changed
        await tick({ step: search * steps + step, steps: searches * steps, label: `Weight ${weight.toPrecision(3)}, step ${step} of ${steps}` }, best?.picture ?? changed)
      }
      if (found) high = weight
      else low = weight
      weight = high === Infinity ? weight * 10 : (low + high) / 2
    }
    return best?.picture ?? last
  },
})
