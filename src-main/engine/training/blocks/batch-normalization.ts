import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'batch-normalization',
  options: z.object({}),
  build: (builder, input, _options, { name, notation }) => {
    const normalized = builder.batchNormalization(name, input)
    builder.layer({ id: name, notation, title: 'Batch normalisation', dims: normalized.dims, output: normalized.name, activation: 'linear' })
    return normalized
  },
})
