/** One kind of block that a recipe's network is made of: one file in `blocks/`. */
import type { z } from 'zod'
import type { Flow, NetworkBuilder } from './builder.ts'

export interface Block<T> {
  /** What a recipe writes in `block`. */
  readonly id: string
  readonly options: z.ZodType<T>
  readonly build: (builder: NetworkBuilder, input: Flow, options: T, name: string) => Flow
}

/** Options are checked before they are built: a recipe's mistake is named by its place. */
export function defineBlock<T>(block: Block<T>): { readonly id: string; readonly options: z.ZodType<T>; readonly build: (builder: NetworkBuilder, input: Flow, options: unknown, name: string) => Flow } {
  return { ...block, build: (builder, input, options, name) => block.build(builder, input, block.options.parse(options), name) }
}
