import { z } from 'zod'
import { count, defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'reshape',
  options: z.object({ dims: z.array(count).min(1).max(3) }),
  build: (builder, input, { dims }, { name }) => builder.reshape(`${name}/Reshape`, input, dims),
})
