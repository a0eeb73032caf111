import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'convolution',
  options: z.object({ channels: z.number().int().positive(), kernel: z.number().int().positive(), stride: z.number().int().positive().default(1) }),
  build: (builder, input, { channels, kernel, stride }, name) => builder.convolution(name, input, channels, kernel, stride),
})
