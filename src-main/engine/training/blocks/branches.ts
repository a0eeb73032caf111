/** The same input through several chains of blocks, their channels side by side. */
import { z } from 'zod'
import { defineBlock, nestedBlocks } from '../define-block.ts'

export default defineBlock({
  id: 'branches',
  options: z.object({ branches: z.array(nestedBlocks).min(2) }),
  build(builder, input, { branches }, { name, notation, build }) {
    const joined = builder.concat(`${name}/Concat`, branches.map((blocks) => build(blocks, input)))
    builder.layer({ id: name, notation, title: `${branches.length} branches side by side`, dims: joined.dims, output: joined.name, activation: 'linear' })
    return joined
  },
})
