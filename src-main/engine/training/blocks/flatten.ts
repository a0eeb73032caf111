import { z } from 'zod'
import { defineBlock } from '../define-block.ts'

export default defineBlock({ id: 'flatten', options: z.object({}), build: (builder, input, _options, { name }) => builder.flatten(`${name}/Flatten`, input) })
