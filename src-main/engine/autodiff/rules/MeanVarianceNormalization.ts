/** y = (x - mean) / (deviation + 1e-9) over the axes ([0, 2, 3] unless said). Operator set 9 and later. */
import { ints, intsOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { normalize, normalizeGradient } from '../lowering/normalize.ts'

/** Keeps a constant map from dividing by zero; the operator's own 1e-9 beside the deviation is 1e-18 beside the variance. */
const epsilon = 1e-18

export default defineGradient({
  op: 'MeanVarianceNormalization',
  gradient: [
    ({ emit, node, input, dy }) => {
      const axes = intsOf(node, 'axes') ?? [0, 2, 3]
      return normalizeGradient(emit, dy(), normalize(emit, input(0), axes, epsilon), axes)
    },
  ],
  samples: [
    { name: 'per channel', inputs: [{ dims: [2, 3, 3, 2] }] },
    { name: 'per sample and channel', inputs: [{ dims: [2, 3, 3, 4] }], attributes: { axes: ints([2, 3]) } },
  ],
})
