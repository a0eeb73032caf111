/**
 * L = -mean sum_c q_c log softmax(z + tau log pi)_c: q is the target distribution, smoothed (Szegedy et al. 2016, arXiv:1512.00567, eq. 10) and
 * weighted by class on the host; tau log pi is the logit adjustment (Menon et al. 2020, arXiv:2007.07314, eq. 10), absent at prediction.
 */
import { adjustedLogits } from '../logit-adjustment.ts'
import { defineLoss } from '../define-loss.ts'

export default defineLoss({
  kind: 'cross-entropy', weighs: 'target', answer: 'softmax',
  build: (builder, output, { options, target, logPriors }) => ({ kind: 'cross-entropy', tensor: adjustedLogits(builder, output, options.logitAdjustment, logPriors).name, labels: { input: target }, reduction: 'mean' }),
})
