/** Pictures that a network takes for something else. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { OptionSpec } from './explain.ts'
import { FileReference, synthesisRecipe } from './synthesis-recipe.ts'
import { Recipe } from './training.ts'

export const FoolSettings = z.object({
  /** Id of a file in engine/fooling/methods. */
  method: z.string(),
  /** Classes to be taken for. Absent: any but the photograph's own; of methods that need a class, all. */
  targets: z.union([z.literal('all'), z.array(z.number().int().nonnegative()).min(1)]).optional(),
  /** Of the method, by id; its own initial values where absent. */
  options: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  /** Photographs to be changed, or what class ascent begins from. */
  pictures: z.array(FileReference).default([]),
  /** Looks, for every photograph, for the smallest budget that fools. */
  smallest: z.boolean().default(false),
  /** Instead of pictures: how many of the photographs keep their answer at each of these budgets, 0..255. */
  budgets: z.array(z.number().nonnegative()).max(64).default([]),
  /** Other models that are shown what fooled this one. */
  transferTo: z.array(FileReference).default([]),
  /** Of methods that train: how, on which data. The open model is the first network where it tells these data's classes. */
  training: Recipe.optional(),
  /** Base64: one picture of an archive by its genome alone. */
  genome: z.string().optional(),
})
export const FoolRecipe = synthesisRecipe('fool', FoolSettings)

export const FoolMethodInfo = z.object({
  id: z.string(), title: z.string(), summary: z.string(), citation: z.string(),
  /** 'picture': changes photographs; 'set': one change for many of them; 'class': from noise; 'evolution': all classes at once; 'loop': evolution and training by turns. */
  kind: z.enum(['picture', 'set', 'class', 'evolution', 'loop']),
  /** The option that limits the change, where there is one. */
  budget: z.string().optional(),
  norm: z.enum(['linf', 'l2', 'l0']).optional(),
  options: z.array(OptionSpec),
})

/** One picture in the line that an elite descends in. */
export const Ancestor = z.object({
  id: z.number(), generation: z.number(),
  /** The class whose elite its parent was; -1: it was made at random. */
  from: z.number(),
  /** Probability of the class whose line it is. */
  confidence: z.number(),
  /** What the network took it for. */
  answer: z.number(),
  /** Absent where the ancestor's picture was too large to keep. */
  png: z.instanceof(Uint8Array).optional(),
})

export const fool = {
  methods: oc.output(z.array(FoolMethodInfo)),
  /** The pictures of a folder of the engine's machine, by name, as runs take them; `left`: those beyond the most that one run takes. */
  photographs: oc.input(z.object({ path: z.string() })).output(z.object({ pictures: z.array(FileReference), left: z.number() })),
  /** How the model can be trained again: by the recipe that made it where it was trained here (`run`: its name), else on from its weights, with data still to be chosen. */
  retraining: oc.input(z.object({ model: z.string() })).output(z.object({ recipe: Recipe, run: z.string().optional(), data: z.string().optional() })),
  /** Of a class's picture in an archive, as it was last kept: the first ancestor first. */
  lineage: oc.input(z.object({ run: z.string(), class: z.number().int().nonnegative() })).output(z.object({ generation: z.number(), ancestors: z.array(Ancestor) })),
}

export type FoolSettings = z.infer<typeof FoolSettings>
export type FoolRecipe = z.infer<typeof FoolRecipe>
export type FoolMethodInfo = z.infer<typeof FoolMethodInfo>
export type Ancestor = z.infer<typeof Ancestor>
