/** What every recipe of a synthesis has: its model, its seed, and the settings of its kind. */
import { z } from 'zod'
import { Preprocessing } from './preprocessing.ts'

/** A file by its content; where it lies is known to the machine that saw it last (library/known-files). */
export const FileReference = z.object({ /** SHA-256 of the file. */ sha256: z.string(), name: z.string() })

/** The recipe of one kind of work. `changes`: settings in force from that step on, as a run was steered or branched. */
export const synthesisRecipe = <Kind extends string, Settings extends z.ZodType>(kind: Kind, settings: Settings) => z.object({
  kind: z.literal(kind), model: FileReference, seed: z.number().int(), settings,
  changes: z.array(z.object({ step: z.number().int().positive(), settings })).optional(),
  /** How pictures are put into the model; what is in use for it where absent. */
  preprocessing: Preprocessing.optional(),
})

export type FileReference = z.infer<typeof FileReference>
