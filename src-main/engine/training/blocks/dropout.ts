import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'dropout',
  options: z.object({ rate: z.number().min(0).lt(1) }),
  build: (builder, input, { rate }, { name }) => builder.dropout(name, input, rate),
})
