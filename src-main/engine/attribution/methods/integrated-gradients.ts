/**
 * Sundararajan, Taly and Yan 2017, arXiv:1703.01365, eq. 1: (x - x') * integral over a in [0, 1] of dS/dx at x' + a (x - x'), summed
 * over channels. Completeness (their proposition 1): the map sums to S(x) - S(x'); what quadrature misses of it is reported.
 */
import { floatTensor } from '../../runtime/host-tensor.ts'
import { baselineOf } from '../baselines.ts'
import type { BaselineId } from '../baselines.ts'
import { defineMethod } from '../define-method.ts'
import { channelSum, gradientsOf, targetValue } from '../gradients.ts'
import { gaussLegendre, trapezoid } from '../quadrature.ts'

export default defineMethod({
  id: 'integrated-gradients',
  title: 'Integrated gradients',
  summary: 'The score shared out among the pixels, by what each adds on the way from an empty picture to this one.',
  citation: 'Sundararajan, Taly, Yan 2017, arXiv:1703.01365',
  signed: true,
  options: [
    { type: 'integer', id: 'steps', title: 'Steps', help: 'Pictures between the baseline and this one; more lower the completeness error.', minimum: 1, maximum: 1000, initial: 50 },
    { type: 'choice', id: 'baseline', title: 'Baseline', help: 'The picture that stands for nothing there.', initial: 'black', choices: [
      { id: 'black', title: 'Black' }, { id: 'white', title: 'White' }, { id: 'gray', title: 'Mid gray' }, { id: 'blur', title: 'Blurred picture' }, { id: 'mean', title: 'Mean color' },
    ] },
    { type: 'choice', id: 'rule', title: 'Integration', help: 'Gauss-Legendre needs fewer steps for the same error.', initial: 'gauss-legendre', choices: [{ id: 'gauss-legendre', title: 'Gauss-Legendre' }, { id: 'trapezoid', title: 'Trapezoids' }] },
  ],
  async run(context) {
    const { picture, options } = context
    const steps = options.number('steps')
    const baseline = baselineOf(picture, options.choice('baseline') as BaselineId)
    const { nodes, weights } = options.choice('rule') === 'trapezoid' ? trapezoid(steps) : gaussLegendre(steps)
    const difference = picture.data.map((value, index) => value - (baseline.data[index] ?? 0))
    const integral = new Float64Array(picture.data.length)
    await gradientsOf(context, {
      count: nodes.length, title: 'Integrated gradients',
      fill(step, into) {
        for (let index = 0; index < into.length; index++) into[index] = (baseline.data[index] ?? 0) + (nodes[step] ?? 0) * (difference[index] ?? 0)
      },
      receive(step, gradient) {
        for (let index = 0; index < integral.length; index++) integral[index] = (integral[index] ?? 0) + (weights[step] ?? 0) * (gradient[index] ?? 0)
      },
    })
    const map = channelSum(floatTensor(picture.dims, difference.map((value, index) => value * (integral[index] ?? 0))))
    const [score, baselineScore] = [await targetValue(context, picture), await targetValue(context, baseline)]
    const total = map.data.reduce((sum, value) => sum + value, 0)
    return { map, facts: { completenessError: Math.abs(total - (score - baselineScore)) / Math.max(Math.abs(score - baselineScore), 1e-12), sum: total, score, baselineScore, steps: nodes.length } }
  },
})
