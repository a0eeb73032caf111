import { z } from 'zod'
import { count, defineBlock } from '../define-block.ts'
import { pool } from '../pooling.ts'

export default defineBlock({
  id: 'max-pool',
  options: z.object({ size: count.default(2), /** As `size` unless said: windows side by side. */ stride: count.optional(), padding: z.number().int().nonnegative().default(0) }),
  build(builder, input, { size, stride = size, padding }, { name, notation }) {
    const pooled = pool(builder, 'MaxPool', input, { size, stride, padding }, name)
    builder.layer({ id: name, notation, title: `Largest of every ${size}×${size}`, dims: pooled.dims, output: pooled.name, activation: 'linear' })
    return pooled
  },
})
