import { z } from 'zod'
import { count, defineBlock, follow, following } from '../define-block.ts'

export default defineBlock({
  id: 'transposed-convolution',
  options: z.object({
    channels: count, kernel: count, stride: count.default(1), padding: z.number().int().nonnegative().default(0), outputPadding: z.number().int().nonnegative().default(0),
    ...following, activation: following.activation.default('relu'),
  }),
  build(builder, input, { channels, kernel, stride, padding, outputPadding, ...after }, { name, notation }) {
    const linear = builder.transposedConvolution(name, input, channels, kernel, { stride, padding, outputPadding, bias: !after.batchNorm, activation: after.activation })
    return follow(builder, linear, after, { id: name, notation, title: `${channels} transposed filters of ${kernel}×${kernel}`, kernel: `${name}.weight` })
  },
})
