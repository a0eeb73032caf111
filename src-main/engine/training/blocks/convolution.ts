import { z } from 'zod'
import { count, defineBlock, follow, following } from '../define-block.ts'

export default defineBlock({
  id: 'convolution',
  options: z.object({
    channels: count, kernel: z.union([count, z.tuple([count, count])]), stride: count.default(1),
    /** Pixels on every side; 'same' keeps the extent at stride 1. */
    padding: z.union([z.number().int().nonnegative(), z.literal('same')]).default('same'), dilation: count.default(1),
    groups: count.default(1),
    /** Variance of the initial kernel times its fan-in; a small one leaves no noise in what is learned. */
    gain: z.number().positive().optional(),
    /** Pulls every kernel towards its own blurred copy: the prior that neighbouring pixels matter alike. */
    smoothness: z.number().nonnegative().default(0),
    ...following, activation: following.activation.default('relu'),
  }),
  build(builder, input, { channels, kernel, stride, padding, dilation, groups, gain, smoothness, ...after }, { name, notation }) {
    const taps: readonly [number, number] = typeof kernel === 'number' ? [kernel, kernel] : kernel
    const linear = builder.convolution(name, input, channels, taps, { stride, padding, dilation, groups, smoothness, bias: !after.batchNorm, activation: after.activation, ...(gain === undefined ? {} : { gain }) })
    return follow(builder, linear, after, { id: name, notation, title: `${channels} filters of ${taps.join('×')}`, kernel: `${name}.weight` })
  },
})
