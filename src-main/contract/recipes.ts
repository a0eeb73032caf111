/** What a picture of ours says about its making, read back by the workspace that made it. */
import { z } from 'zod'
import { MethodRequest, Target } from './explain.ts'

const Named = z.object({ sha256: z.string(), name: z.string() })

export const ExplainRecipe = z.object({
  kind: z.literal('explain'),
  model: Named, picture: Named, seed: z.number().int(),
  settings: z.object({ target: Target, methods: z.array(MethodRequest).min(1), opacity: z.number(), style: z.enum(['overlay', 'map']) }),
})

export type ExplainRecipe = z.infer<typeof ExplainRecipe>
