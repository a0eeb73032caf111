import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'global-max',
  options: z.object({}),
  build(builder, input, _options, { name, notation }) {
    const [channels = 0] = input.dims
    const pooled = builder.node('GlobalMaxPool', `${name}/GlobalMaxPool`, [input.name], [channels, 1, 1])
    const flat = builder.flatten(`${name}/Flatten`, pooled)
    builder.layer({ id: name, notation, title: 'Largest of every map', dims: flat.dims, output: flat.name, activation: 'linear' })
    return flat
  },
})
