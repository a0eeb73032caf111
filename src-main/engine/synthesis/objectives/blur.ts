import { float32Tensor } from '../../onnx/tensor-data.ts'
import { defineObjective, meanOfEach } from '../define-objective.ts'

/** [1 2 1] x [1 2 1] / 16, a binomial. */
const kernel = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16)

/** Minus the mean squared difference from the blurred picture: high frequencies go (Nguyen, Yosinski and Clune 2015; Lucid's blur_input_each_step). */
export default defineObjective({
  id: 'blur', title: 'Soft (blur)', summary: 'Penalizes what blurring would remove', about: 'picture', restrains: true,
  build({ emit, picture }) {
    const channels = picture.dims[1] ?? 1
    const weights = emit.constant(float32Tensor([channels, 1, 3, 3], Array.from({ length: channels }, () => kernel).flat()))
    const detail = emit.sub(picture, emit.conv(emit.pad(picture, [0, 0, 1, 1, 0, 0, 1, 1], 0, 'edge'), weights, { group: channels }))
    return emit.neg(meanOfEach(emit, emit.mul(detail, detail)))
  },
})
