/** Three views of the same maps at different scales, side by side (Szegedy et al. 2015, arXiv:1409.4842, fig. 2b, without its pooling branch). */
import { z } from 'zod'
import type { Flow } from '../builder.ts'
import { count, defineBlock } from '../define-block.ts'

const reduced = z.tuple([count, count])

export default defineBlock({
  id: 'mixed',
  options: z.object({ /** Channels of the 1×1 branch. */ one: count, /** 1×1 reduction, then channels of the 3×3 branch. */ three: reduced, five: reduced }),
  build(builder, input, { one, three, five }, { name, build }) {
    const convolved = (branch: string, from: Flow, channels: number, kernel: number): Flow => build([{ block: 'convolution', name: `${name}/${branch}`, channels, kernel }], from)
    return builder.concat(`${name}/Concat`, [
      convolved('1x1', input, one, 1),
      convolved('3x3', convolved('3x3_reduce', input, three[0], 1), three[1], 3),
      convolved('5x5', convolved('5x5_reduce', input, five[0], 1), five[1], 5),
    ])
  },
})
