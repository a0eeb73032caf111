/** L = -mean sum_c q_c (1 - p_c)^gamma log p_c with p = softmax(z) (Lin et al. 2017, arXiv:1708.02002, eq. 4): easy examples weigh little. */
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { int } from '../../onnx/attributes.ts'
import { defineLoss } from '../define-loss.ts'
import { adjustedLogits } from '../logit-adjustment.ts'
import { meanOverBatch } from '../mean-loss.ts'

/** Keeps (1 - p)^gamma away from 0, where its slope is not finite for gamma below 1. */
const margin = 1e-6

export default defineLoss({
  kind: 'focal', weighs: 'target', answer: 'softmax',
  build(builder, output, { options, target, logPriors }) {
    const { dims } = output
    const scalar = (name: string, value: number): string => builder.constant(`loss/${name}`, float32Tensor([], [value]))
    const logits = adjustedLogits(builder, output, options.logitAdjustment, logPriors)
    const log = builder.node('LogSoftmax', 'loss/log', [logits.name], dims, { axis: int(1) })
    const probability = builder.node('Exp', 'loss/probability', [log.name], dims)
    const rest = builder.node('Sub', 'loss/rest', [scalar('one', 1 + margin), probability.name], dims)
    const focus = options.gamma === 0 ? undefined : builder.node('Pow', 'loss/focus', [rest.name, scalar('gamma', options.gamma)], dims)
    const surprise = builder.node('Mul', 'loss/surprise', [target, log.name], dims)
    const each = focus ? builder.node('Mul', 'loss/focused', [surprise.name, focus.name], dims) : surprise
    return meanOverBatch(builder, builder.node('Neg', 'loss/each', [each.name], dims))
  },
})
