/** Everything a training run depends on, as one JSON document: the same recipe gives the same model on the same device. */
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'

const Block = z.looseObject({ block: z.string(), name: z.string() })

export const Recipe = z.object({
  name: z.string(),
  /** What the model's file says of itself. */
  description: z.string(),
  seed: z.number().int(),
  data: z.object({
    generator: z.literal('pictures'),
    /** Extent of a picture, pixels. */
    size: z.number().int().min(16).max(256),
    train: z.number().int().positive(), validation: z.number().int().positive(),
  }),
  /** Pixels in 0..1 become (pixel - mean) / std. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number(), z.number(), z.number()]),
  net: z.array(Block).min(1),
  epochs: z.number().int().positive(),
  batch: z.number().int().positive(),
  optimizer: z.object({
    kind: z.literal('adam'), rate: z.number().positive(), /** Decoupled, on kernels only. */ weightDecay: z.number().nonnegative(),
    /** Steps over which the rate rises from zero. */ warmup: z.number().int().nonnegative(),
  }),
  labelSmoothing: z.number().min(0).max(0.5),
  augment: z.object({ flip: z.boolean(), /** Pixels either way. */ shift: z.number().int().nonnegative(), /** Share by which each channel's gain varies. */ color: z.number().min(0).max(0.5) }),
})
export type Recipe = z.infer<typeof Recipe>

/** @throws AppError 'option-invalid' naming the place: "At epochs: expected number, got string". */
export function parseRecipe(text: string, name: string): Recipe {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new AppError('option-invalid', `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  const result = Recipe.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('option-invalid', `${name}: at ${issue?.path.join('.') ?? 'the top'}: ${issue?.message ?? 'not a recipe'}.`)
}
