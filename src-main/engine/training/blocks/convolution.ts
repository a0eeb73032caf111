import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'convolution',
  options: z.object({
    channels: z.number().int().positive(), kernel: z.number().int().positive(), stride: z.number().int().positive().default(1),
    /** Variance of the initial kernel times its fan-in; 2 is He's. A small one leaves no noise in what is learned. */
    gain: z.number().positive().default(2),
    /** Pulls every kernel towards its own blurred copy: the prior that neighbouring pixels matter alike. */
    smoothness: z.number().nonnegative().default(0),
  }),
  build: (builder, input, { channels, kernel, ...options }, name) => builder.convolution(name, input, channels, kernel, options),
})
