import { climb } from '../climb.ts'
import { budgetOption, defineMethod, stepsOption } from '../define-method.ts'

/** g_(t+1) = m g_t + J / |J|_1, x_(t+1) = clip(x_t + a sign g_(t+1)) (Dong et al. 2017, arXiv:1710.06081, algorithm 1). */
export default defineMethod({
  id: 'mi-fgsm', kind: 'picture', title: 'Momentum', norm: 'linf', budget: 'budget',
  summary: 'Sign steps along a running sum of gradients: what it finds fools other networks more often.',
  citation: 'Dong, Liao, Pang, Su, Zhu, Hu, Li 2017, arXiv:1710.06081',
  options: [budgetOption(8), stepsOption(10), { type: 'number', id: 'momentum', title: 'Momentum', help: 'Share of the gradients before that is kept; 0: the basic iterative method.', minimum: 0, maximum: 1, initial: 1 }],
  run: (context, picture) => {
    const [budget, steps] = [context.options.number('budget'), context.options.number('steps')]
    return climb(context, picture, { start: picture, ball: { norm: 'linf', radius: budget }, steps, size: budget / steps, momentum: context.options.number('momentum') })
  },
})
