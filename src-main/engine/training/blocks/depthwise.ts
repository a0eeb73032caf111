/** Every channel filtered by itself (Howard et al. 2017, arXiv:1704.04861, section 3.1). */
import { z } from 'zod'
import { count, defineBlock, follow, following } from '../define-block.ts'

export default defineBlock({
  id: 'depthwise',
  options: z.object({
    kernel: count, stride: count.default(1), padding: z.union([z.number().int().nonnegative(), z.literal('same')]).default('same'),
    ...following, activation: following.activation.default('relu'),
  }),
  build(builder, input, { kernel, stride, padding, ...after }, { name, notation }) {
    const [channels = 0] = input.dims
    const linear = builder.convolution(name, input, channels, [kernel, kernel], { stride, padding, groups: channels, bias: !after.batchNorm, activation: after.activation })
    return follow(builder, linear, after, { id: name, notation, title: `One ${kernel}×${kernel} filter a channel`, kernel: `${name}.weight` })
  },
})
