import { z } from 'zod'
import { defineBlock } from '../define-block.ts'
import { poolGlobally } from '../pooling.ts'

export default defineBlock({
  id: 'global-max',
  options: z.object({}),
  build: (builder, input, _options, { name, notation }) => poolGlobally(builder, 'GlobalMaxPool', input, { id: name, notation, title: 'Largest of every map' }),
})
