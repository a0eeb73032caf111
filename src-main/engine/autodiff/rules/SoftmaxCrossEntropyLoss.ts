import { int, string } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { labelWeights } from '../lowering/label-weights.ts'

/**
 * loss = -w_label log softmax(x)_label, reduced: dx = w (softmax(x) - onehot(label)). The second output l = log softmax(x)
 * adds dl - softmax(x) sum dl. Labels and class weights have no gradient. Operator sets 12 to 13.
 */
export default defineGradient({
  op: 'SoftmaxCrossEntropyLoss',
  gradient: [
    (c) => {
      const { emit } = c
      const probabilities = emit.softmax(c.input(0), 1)
      const { isLabel, weight } = labelWeights(c)
      const ofLoss = emit.mul(emit.sub(probabilities, isLabel), weight)
      const dl = c.gradients[1]
      return dl ? emit.add(ofLoss, emit.sub(dl, emit.mul(probabilities, emit.reduceSum(dl, [1], true)))) : ofLoss
    },
  ],
  samples: [
    { name: 'mean', inputs: [{ dims: [3, 4] }, { constant: [1, 3, 0], dims: [3], dataType: 'int64' }] },
    { name: 'log-probabilities as well', outputs: 2, inputs: [{ dims: [3, 4] }, { constant: [1, 3, 0], dims: [3], dataType: 'int64' }] },
    { name: 'sum, places, an ignored label', attributes: { reduction: string('sum'), ignore_index: int(2) }, inputs: [{ dims: [2, 3, 2] }, { constant: [1, 2, 0, 0], dims: [2, 2], dataType: 'int64' }] },
    { name: 'mean, class weights, a label outside the classes ignored', attributes: { ignore_index: int(-100) }, inputs: [{ dims: [3, 4] }, { constant: [1, -100, 0], dims: [3], dataType: 'int64' }, { constant: [0.5, 2, 1, 1.5], dims: [4], dataType: 'float32' }] },
    { name: 'none', attributes: { reduction: string('none') }, inputs: [{ dims: [3, 4] }, { constant: [1, 3, 0], dims: [3], dataType: 'int64' }] },
  ],
})
