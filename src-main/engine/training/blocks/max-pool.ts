import { z } from 'zod'
import { ints } from '../../onnx/attributes.ts'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'max-pool',
  options: z.object({ size: z.number().int().positive().default(2) }),
  build(builder, input, { size }, name) {
    const [channels = 0, height = 0, width = 0] = input.dims
    return builder.node('MaxPool', `${name}/MaxPool`, [input.name], [channels, Math.floor(height / size), Math.floor(width / size)], { kernel_shape: ints([size, size]), strides: ints([size, size]) })
  },
})
