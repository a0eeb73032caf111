import { z } from 'zod'
import { defineBlock } from '../define-block.ts'
import { poolGlobally } from '../pooling.ts'

export default defineBlock({
  id: 'global-average',
  options: z.object({}),
  build: (builder, input, _options, { name, notation }) => poolGlobally(builder, 'GlobalAveragePool', input, { id: name, notation, title: 'Mean of every map' }),
})
