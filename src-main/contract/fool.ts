import { z } from 'zod'
import { synthesisRecipe } from './synthesis-recipe.ts'

export const FoolSettings = z.looseObject({})
export const FoolRecipe = synthesisRecipe('fool', FoolSettings)

export type FoolSettings = z.infer<typeof FoolSettings>
