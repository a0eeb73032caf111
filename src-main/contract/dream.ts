/** Deep dream (Mordvintsev, Olah, Tyka 2015, "Inceptionism"). Defaults are those of google/deepdream. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { FileReference, synthesisRecipe } from './synthesis-recipe.ts'
import { Bytes } from './wire.ts'

/** Which channels of a layer are dreamt of; all of them where absent. */
export const DreamChannels = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('some'), of: z.array(z.object({ channel: z.number().int().nonnegative(), weight: z.number().default(1) })).min(1) }),
  /** Those that the picture excites most, or least, chosen anew in every octave. */
  z.object({ kind: z.enum(['strongest', 'weakest']), count: z.number().int().min(1) }),
])

export const DreamTarget = z.object({
  /** Id or title of a layer, or the name of its value. */ layer: z.string().min(1),
  /** Share of the step; negative: less of it. */ weight: z.number().default(1),
  channels: DreamChannels.optional(),
})

export const DreamZoom = z.object({
  frames: z.number().int().min(2).max(2000).default(60),
  /** By how much of its extent each frame is larger than the one before. */ share: z.number().gt(0).max(0.5).default(0.05),
  /** Steps in every octave of a frame behind the first, which begins with a dream already. */ steps: z.number().int().min(1).max(200).default(4),
})

export const DreamSettings = z.object({
  /** A picture, or an animation of which every frame is dreamt. */ picture: FileReference,
  /** The model's suggested layer where absent. */ targets: z.array(DreamTarget).min(1).optional(),
  /** Longer side in pixels that the picture is brought to first; as it is where absent. */ size: z.number().int().min(16).max(16_384).optional(),
  octaves: z.number().int().min(1).max(12).default(4),
  /** Extent of an octave over that of the one before. */ scale: z.number().gt(1).max(4).default(1.4),
  steps: z.number().int().min(1).max(1000).default(10),
  /** Largest shift between steps, pixels. */ jitter: z.number().int().min(0).max(512).default(32),
  /** What the shift brings in at a border: the picture mirrored, or its other side, as google/deepdream has it, which networks take for a line. */ edges: z.enum(['mirror', 'wrap']).default('mirror'),
  /** Mean change of a pixel in one step, of 255. */ stepSize: z.number().positive().max(255).default(1.5),
  /** Standard deviation of the Gaussian that smooths the gradient, pixels. */ smoothing: z.number().min(0).max(32).default(0),
  /** Levels of the Laplacian pyramid in which the gradient is brought to equal strength; 0: it is left as it is. */ pyramid: z.number().int().min(0).max(8).default(0),
  // How the gradient is used; what is usual for the model where absent: 0 for nets of photographs, as in google/deepdream.
  /** Of whole layers. 0: channels count as strongly as the picture excites them; 1: all alike. */ balance: z.number().min(0).max(1).optional(),
  /** 0: as the gradient has it, most where most is seen; 1: all parts of the picture dream alike. */ evenness: z.number().min(0).max(1).optional(),
  /** 0: colors as the gradient has them; 1: moved along the colors of natural pictures, brightness most. */ natural: z.number().min(0).max(1).optional(),
  /** Dreams of what its layers see in this picture. */ guide: FileReference.optional(),
  /** Keeps the colors of the picture; only its brightness dreams. */ originalColors: z.boolean().default(false),
  /** Where to dream: a gray PNG as base64, stretched over the picture; white dreams, black stays. */ mask: z.string().max(700_000).optional(),
  /** Side in pixels of what is computed at once; by the model's memory where absent. */ tile: z.number().int().min(64).max(4096).optional(),
  zoom: DreamZoom.optional(),
  /** Files that films are written as; the last frame is a PNG in any case. */ formats: z.array(z.enum(['webp', 'gif'])).default(['webp']),
  /** Of animations: how much of a frame's dream the next one begins with. */ carry: z.number().min(0).max(1).default(0),
})

export const DreamRecipe = synthesisRecipe('dream', DreamSettings)

/** A layer that can be dreamt of. */
export const DreamLayer = z.object({ id: z.string(), title: z.string(), channels: z.number(), /** Of its maps, at the model's own size; of tokens their number and 1. */ height: z.number(), width: z.number() })

/** What is usual for a model. */
export const DreamUsual = DreamSettings.pick({ octaves: true, steps: true, jitter: true, smoothing: true, pyramid: true, balance: true, evenness: true, natural: true }).required()

export const dream = {
  /** In the network's order. Throws 'layer-invalid' where nothing can dream. */
  layers: oc.input(z.object({ model: z.string() })).output(z.object({ suggested: z.string(), layers: z.array(DreamLayer), usual: DreamUsual })),
  /** PNG of a whole picture, its longer side at most 1280 pixels. */
  picture: oc.input(z.object({ picture: z.string() })).output(z.object({ png: Bytes })),
}

export type DreamLayer = z.infer<typeof DreamLayer>
export type DreamUsual = z.infer<typeof DreamUsual>
export type DreamChannels = z.infer<typeof DreamChannels>
export type DreamTarget = z.infer<typeof DreamTarget>
export type DreamZoom = z.infer<typeof DreamZoom>
export type DreamRecipe = z.infer<typeof DreamRecipe>
export type DreamSettings = z.infer<typeof DreamSettings>
