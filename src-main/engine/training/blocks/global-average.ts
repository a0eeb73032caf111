import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'global-average',
  options: z.object({}),
  build(builder, input, _options, { name, notation }) {
    const [channels = 0] = input.dims
    const pooled = builder.node('GlobalAveragePool', `${name}/GlobalAveragePool`, [input.name], [channels, 1, 1])
    const flat = builder.flatten(`${name}/Flatten`, pooled)
    builder.layer({ id: name, notation, title: 'Mean of every map', dims: flat.dims, output: flat.name, activation: 'linear' })
    return flat
  },
})
