/** Pictures that excite what was asked for (Olah et al. 2017, "Feature Visualization"). */
import { z } from 'zod'
import { FileReference, synthesisRecipe } from './synthesis-recipe.ts'

/**
 * One term of an objective, by the id of its file in engine/synthesis/objectives, which says what of the rest it takes. The objective is the
 * sum of its terms, each times its weight: a negative weight asks for the opposite.
 */
export const ObjectiveTerm = z.object({
  id: z.string(), weight: z.number().default(1),
  /** Of terms that hold pictures back (about the picture, diversity, alignment): the weight counts in sizes of what is excited, as it was the step before, so that it suits scores of ones and of thousands. */ relative: z.boolean().optional(),
  /** Id or title of a layer, or the name of its value. */ layer: z.string().optional(),
  /** Channel of the layer. */ unit: z.number().int().nonnegative().optional(),
  /** The unit at the other end of an interpolation. */ towards: z.number().int().nonnegative().optional(),
  /** Row and column in the layer's map; the middle where absent. */ position: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]).optional(),
  class: z.number().int().nonnegative().optional(),
  /** One number a channel of the layer. */ direction: z.array(z.number()).optional(),
  picture: FileReference.optional(),
  /** Power of the cosine that weighs directions (Olah et al. 2018, "The Building Blocks of Interpretability"). */ power: z.number().nonnegative().optional(),
})

/** What one picture, or set of pictures, is made for. */
export const FeatureTarget = z.object({ /** Names its pictures; unlike any other of the run. */ name: z.string().min(1), title: z.string(), terms: z.array(ObjectiveTerm).min(1) })

export const FeaturesSettings = z.object({
  targets: z.array(FeatureTarget).min(1),
  parameterisation: z.string().default('fourier'),
  optimiser: z.string().default('adam'),
  /** The optimiser's own where absent. */ rate: z.number().positive().max(1e6).optional(),
  /** By id: pixels of padding and jitter, degrees of rotation, share of scale and crop, probability of a flip. The usual ones where absent. */
  transforms: z.record(z.string(), z.number().nonnegative()).optional(),
  /** Terms about the picture for every target; the usual ones where absent. */ penalties: z.array(ObjectiveTerm).optional(),
  steps: z.number().int().min(1).max(100_000).default(256),
  /** Side in pixels; 'field': what one unit of the layer sees, and some more; the model's own where absent. */
  size: z.union([z.literal('field'), z.number().int().min(8).max(4096)]).optional(),
  /** Pixels that nothing depends on become transparent. */ alpha: z.boolean().default(false),
  /** Pictures made side by side from different beginnings. */ batch: z.number().int().min(1).max(64).default(1),
})

export const FeaturesRecipe = synthesisRecipe('features', FeaturesSettings)

export type ObjectiveTerm = z.infer<typeof ObjectiveTerm>
export type FeatureTarget = z.infer<typeof FeatureTarget>
export type FeaturesSettings = z.infer<typeof FeaturesSettings>
export type FeaturesRecipe = z.infer<typeof FeaturesRecipe>
