import { budgetOption, defineMethod, stepsOption } from '../define-method.ts'
import { climb } from '../climb.ts'

/** x_(t+1) = clip(x_t + a sign(d s / d x)) (Kurakin et al. 2016, arXiv:1607.02533, section 2.2). */
export default defineMethod({
  id: 'bim', kind: 'picture', title: 'Basic iterative', norm: 'linf', budget: 'budget',
  summary: 'Many small sign steps from the photograph itself, kept within the budget.',
  citation: 'Kurakin, Goodfellow, Bengio 2016, arXiv:1607.02533',
  options: [budgetOption(2), stepsOption(10), { type: 'number', id: 'step', title: 'Step (0–255)', help: 'Change of a channel per step; 0: a quarter of the budget.', minimum: 0, maximum: 255, initial: 0 }],
  run: (context, picture) => {
    const budget = context.options.number('budget')
    return climb(context, picture, { start: picture, ball: { norm: 'linf', radius: budget }, steps: context.options.number('steps'), size: context.options.number('step') || budget / 4 })
  },
})
