/** Every pixel repeated. */
import { z } from 'zod'
import { string } from '../../onnx/attributes.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { count, defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'upsample',
  options: z.object({ factor: count.default(2) }),
  build(builder, input, { factor }, { name, notation }) {
    const [channels = 0, height = 0, width = 0] = input.dims
    const scales = builder.constant(`${name}/scales`, float32Tensor([4], [1, 1, factor, factor]))
    const larger = builder.node('Resize', `${name}/Resize`, [input.name, '', scales], [channels, height * factor, width * factor], { mode: string('nearest'), coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor') })
    builder.layer({ id: name, notation, title: `Every pixel ${factor}×${factor} times`, dims: larger.dims, output: larger.name, activation: 'linear' })
    return larger
  },
})
