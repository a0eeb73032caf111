/** Examples made from a seed: one file in `generators/`. The same seed and options give the same examples. */
import { z } from 'zod'
import type { Dataset } from './dataset.ts'
import type { ReadControls } from './define-format.ts'

export interface DatasetGenerator<T> {
  /** What a recipe writes as `name`, and the command line behind `generator:`; the file's name. */
  readonly id: string
  readonly title: string
  /** For people, one sentence. */
  readonly summary: string
  /** With `.meta({ title, description, initial, choices })`, from which forms are made. */
  readonly options: z.ZodType<T>
  readonly generate: (options: T, controls: ReadControls) => Promise<Dataset> | Dataset
}

/** With its options checked before it begins. */
export type AnyGenerator = Omit<DatasetGenerator<never>, 'generate'> & { readonly generate: (options: unknown, controls: ReadControls) => Promise<Dataset> }

export function defineGenerator<T>(generator: DatasetGenerator<T>): AnyGenerator {
  return { ...generator, options: generator.options as z.ZodType<never>, generate: async (options, controls) => await generator.generate(generator.options.parse(options), controls) }
}

export const exampleCount = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most).meta({ title: 'Examples', description: 'In all; some of them are held out.' })
