/** One kind of block that a recipe's network is made of: one file in `blocks/`. */
import { z } from 'zod'
import { activations } from './activation.ts'
import type { Activation } from './activation.ts'
import type { Flow, NetworkBuilder } from './builder.ts'

export type BlockList = readonly { readonly block: string; readonly name: string; readonly [option: string]: unknown }[]

/** What a block may build of others. */
export interface BlockContext {
  readonly name: string
  /** As it was written, for people. */
  readonly notation: string
  build(blocks: BlockList, input: Flow): Flow
}

export interface Block<T> {
  /** What a recipe writes in `block`. */
  readonly id: string
  readonly options: z.ZodType<T>
  readonly build: (builder: NetworkBuilder, input: Flow, options: T, context: BlockContext) => Flow
}

export interface AnyBlock {
  readonly id: string
  readonly build: (builder: NetworkBuilder, input: Flow, options: unknown, context: BlockContext) => Flow
}

/** Options are checked before they are built: a recipe's mistake is named by its place. */
export function defineBlock<T>(block: Block<T>): AnyBlock {
  // An option of another name is a mistake, and would be passed over in silence.
  const options = block.options instanceof z.ZodObject ? (block.options.strict() as unknown as z.ZodType<T>) : block.options
  return { id: block.id, build: (builder, input, given, context) => block.build(builder, input, options.parse(given), context) }
}

export const count = z.number().int().positive()
export const nestedBlocks = z.array(z.looseObject({ block: z.string(), name: z.string() }))

/** What may follow every linear map, in this order: normalisation, activation, dropout. */
export const following = {
  activation: z.enum(activations),
  batchNorm: z.boolean().default(false),
  /** Share of values that are dropped while training. */
  dropout: z.number().min(0).lt(1).default(0),
}

/** Normalisation, activation and dropout behind a linear map, and the layer on record. */
export function follow(builder: NetworkBuilder, linear: Flow, { activation, batchNorm, dropout }: { readonly activation: Activation; readonly batchNorm: boolean; readonly dropout: number }, layer: { readonly id: string; readonly notation: string; readonly title: string; readonly kernel?: string }): Flow {
  const { id } = layer
  const normalized = batchNorm ? builder.batchNormalization(`${id}_bn`, linear) : linear
  const active = builder.activation(id, normalized, activation)
  builder.layer({ ...layer, dims: active.dims, output: active.name, activation })
  return builder.dropout(id, active, dropout)
}
