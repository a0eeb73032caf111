import { float32Tensor } from '../../onnx/tensor-data.ts'
import { defineObjective } from '../define-objective.ts'

/** Width of the border, as a share of the shorter side. */
const share = 0.1

/** Minus the mean squared distance from the empty picture along the border (Lucid's penalize_boundary_complexity): what is drawn stays inside. */
export default defineObjective({
  id: 'boundary', title: 'Empty border', summary: 'Penalizes what touches the border', about: 'picture', restrains: true,
  build({ emit, picture, ground }) {
    const [, channels = 1, height = 1, width = 1] = picture.dims
    const border = Math.max(1, Math.round(share * Math.min(height, width)))
    const outside = (at: number, extent: number): boolean => at < border || at >= extent - border
    const mask = Float32Array.from({ length: height * width }, (_, at) => (outside(Math.floor(at / width), height) || outside(at % width, width) ? 1 : 0))
    const covered = mask.reduce((sum, each) => sum + each, 0)
    const away = emit.sub(picture, ground)
    return emit.mul(emit.reduceSum(emit.mul(emit.mul(away, away), emit.constant(float32Tensor([1, 1, height, width], mask)))), -1 / (channels * covered))
  },
})
