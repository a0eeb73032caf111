import { int, string } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { labelWeights } from '../lowering/label-weights.ts'

/** loss = -w_label x_label at every position, reduced; labels and class weights have no gradient. Operator sets 12 to 22. */
export default defineGradient({
  op: 'NegativeLogLikelihoodLoss',
  gradient: [
    (c) => {
      const { isLabel, weight } = labelWeights(c)
      return c.emit.neg(c.emit.mul(isLabel, weight))
    },
  ],
  samples: [
    { name: 'mean', inputs: [{ dims: [3, 4] }, { constant: [1, 3, 0], dims: [3], dataType: 'int64' }] },
    { name: 'sum, places, an ignored label', attributes: { reduction: string('sum'), ignore_index: int(2) }, inputs: [{ dims: [2, 3, 2] }, { constant: [1, 2, 0, 0], dims: [2, 2], dataType: 'int64' }] },
    { name: 'mean, class weights, a label outside the classes ignored', attributes: { ignore_index: int(-100) }, inputs: [{ dims: [3, 4] }, { constant: [1, -100, 0], dims: [3], dataType: 'int64' }, { constant: [0.5, 2, 1, 1.5], dims: [4], dataType: 'float32' }] },
    { name: 'none', attributes: { reduction: string('none') }, inputs: [{ dims: [3, 4] }, { constant: [1, 3, 0], dims: [3], dataType: 'int32' }] },
  ],
})
