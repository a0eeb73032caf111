import { z } from 'zod'
import { int } from '../../onnx/attributes.ts'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'dense',
  options: z.object({ units: z.number().int().positive() }),
  build(builder, input, { units }, name) {
    const [features = 0] = input.dims
    // No ReLU follows: variance 1 / fan-in (LeCun et al. 1998, Efficient BackProp, eq. 16).
    const weight = builder.weight(`${name}.weight`, [units, features], features, 1)
    return builder.node('Gemm', name, [input.name, weight, builder.zeros(`${name}.bias`, units)], [units], { transB: int(1) })
  },
})
