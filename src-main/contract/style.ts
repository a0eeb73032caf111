/** Style transfer: a picture with the content of one and the manner of others. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { FileReference, synthesisRecipe } from './synthesis-recipe.ts'

/** Id or title of a layer, and how much it counts beside the others of its kind. */
export const StyleLayer = z.object({ layer: z.string().min(1), weight: z.number().nonnegative() })
/** 256 MB is what the smallest tile of a small network takes. */
const Memory = z.number().min(256 * 2 ** 20)
const side = z.number().int().min(16).max(32_768)

const StyleSource = z.object({
  picture: FileReference, /** Beside the other styles. */ weight: z.number().positive().default(1),
  /** Longer side of the style's picture over that of the result: below 1 its strokes become finer. */ scale: z.number().min(0.05).max(8).default(1),
  /** Where it paints: a gray PNG as base64, stretched over the content; white where it does. Styles without one take what the others leave. */ mask: z.string().max(300_000).optional(),
})

/** One scale of the way from coarse to fine: longer side in pixels, and steps taken there. */
export const StyleStage = z.object({ size: side, steps: z.number().int().min(1).max(100_000) })

export const OptimiseStyle = z.object({
  method: z.literal('optimise'), content: FileReference, styles: z.array(StyleSource).min(1).max(8),
  /** Suggested from the graph where absent. */ styleLayers: z.array(StyleLayer).min(1).optional(), contentLayers: z.array(StyleLayer).optional(),
  statistic: z.enum(['gram', 'wasserstein']).default('gram'),
  contentWeight: z.number().nonnegative().default(1), styleWeight: z.number().nonnegative().default(40), /** Of total variation. */ smoothness: z.number().nonnegative().default(5),
  optimiser: z.enum(['lbfgs', 'adam']).default('lbfgs'), /** The optimiser's own where absent. */ rate: z.number().positive().optional(),
  stages: z.array(StyleStage).min(1).max(8),
  initial: z.enum(['content', 'noise', 'picture']).default('content'), initialPicture: FileReference.optional(),
  color: z.enum(['style', 'luminance', 'histogram']).default('style'),
  /** Ceiling for the whole process; larger pictures are made in tiles. */ memoryBytes: Memory.optional(),
})

export const FeedForwardStyle = z.object({
  method: z.literal('feed-forward'), contents: z.array(FileReference).min(1),
  /** Longer side of what goes in, pixels; the picture's own where absent. */ size: side.optional(), memoryBytes: Memory.optional(),
})

export const StyleSettings = z.discriminatedUnion('method', [OptimiseStyle, FeedForwardStyle])
export const StyleRecipe = synthesisRecipe('style', StyleSettings)

export const style = {
  /** Layers that suit an opened model: where Gatys et al. took theirs in VGG-19. */
  layers: oc.input(z.object({ model: z.string() })).output(z.object({ style: z.array(StyleLayer), content: z.array(StyleLayer) })),
}

export type StyleLayer = z.infer<typeof StyleLayer>
export type StyleStage = z.infer<typeof StyleStage>
export type OptimiseStyle = z.infer<typeof OptimiseStyle>
export type FeedForwardStyle = z.infer<typeof FeedForwardStyle>
export type StyleSettings = z.infer<typeof StyleSettings>
