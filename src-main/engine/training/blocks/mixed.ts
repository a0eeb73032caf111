/** Three views of the same maps at different scales, side by side (Szegedy et al. 2015, arXiv:1409.4842, fig. 2b, without its pooling branch). */
import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

const reduced = z.tuple([z.number().int().positive(), z.number().int().positive()])

export default defineBlock({
  id: 'mixed',
  options: z.object({ /** Channels of the 1×1 branch. */ one: z.number().int().positive(), /** 1×1 reduction, then channels of the 3×3 branch. */ three: reduced, five: reduced }),
  build(builder, input, { one, three, five }, name) {
    return builder.concat(`${name}/Concat`, [
      builder.convolution(`${name}/1x1`, input, one, 1),
      builder.convolution(`${name}/3x3`, builder.convolution(`${name}/3x3_reduce`, input, three[0], 1), three[1], 3),
      builder.convolution(`${name}/5x5`, builder.convolution(`${name}/5x5_reduce`, input, five[0], 1), five[1], 5),
    ])
  },
})
