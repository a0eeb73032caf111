/** Attribution: why this answer? */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Prediction } from './activations.ts'
import { Bytes, Progress, StreamedFloats } from './wire.ts'

/** What is explained. */
export const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('top'), rank: z.number().int().positive() }),
  z.object({ kind: z.literal('class'), index: z.number().int().nonnegative() }),
  /** Why `index` rather than `against`: the difference of the two logits. */
  z.object({ kind: z.literal('difference'), index: z.number().int().nonnegative(), against: z.number().int().nonnegative() }),
  /** One unit of any layer: a channel's sum, or one position of it. */
  z.object({ kind: z.literal('unit'), layer: z.string(), unit: z.number().int().nonnegative(), position: z.tuple([z.number(), z.number()]).optional() }),
])

/** One option of a method, from which its form and its command-line help are made. */
export const OptionSpec = z.discriminatedUnion('type', [
  z.object({ type: z.literal('integer'), id: z.string(), title: z.string(), help: z.string(), minimum: z.number(), maximum: z.number(), initial: z.number() }),
  z.object({ type: z.literal('number'), id: z.string(), title: z.string(), help: z.string(), minimum: z.number(), maximum: z.number(), initial: z.number() }),
  z.object({ type: z.literal('choice'), id: z.string(), title: z.string(), help: z.string(), choices: z.array(z.object({ id: z.string(), title: z.string() })), initial: z.string() }),
  z.object({ type: z.literal('layer'), id: z.string(), title: z.string(), help: z.string() }),
])

export const MethodInfo = z.object({
  id: z.string(), title: z.string(), summary: z.string(), citation: z.string(),
  /** Whether values carry a sign (shown on the diverging map). */
  signed: z.boolean(),
  options: z.array(OptionSpec),
})

export const MethodRequest = z.object({ method: z.string(), options: z.record(z.string(), z.union([z.number(), z.string()])) })

export const Attribution = z.object({
  type: z.literal('map'),
  method: z.string(),
  /** [H, W] over the model's input: per-pixel attribution in display space, summed over channels unless the method says otherwise. */
  map: StreamedFloats,
  signed: z.boolean(),
  /** Layer used by layer methods. */
  layer: z.string().optional(),
  /** Method-specific numbers for people: { completenessError: 0.003, samples: 50 }. */
  facts: z.record(z.string(), z.union([z.number(), z.string()])),
  ms: z.number(),
})

export const ExplainStart = z.object({
  type: z.literal('start'),
  top: z.array(Prediction),
  target: z.object({ index: z.number().nullable(), label: z.string() }),
  device: z.string(),
})

const Request = z.object({ model: z.string(), picture: z.string(), target: Target, methods: z.array(MethodRequest).min(1), seed: z.number().int() })

export const explain = {
  methods: oc.output(z.array(MethodInfo)),
  /** Layers a layer method may use, with the one it suggests first. */
  layers: oc.input(z.object({ model: z.string() })).output(z.object({ suggested: z.string(), layers: z.array(z.object({ id: z.string(), title: z.string() })) })),
  run: oc.input(Request).output(eventIterator(z.union([ExplainStart, Progress, Attribution]))),
  /** The overlay as PNG with its recipe embedded, or the map as .npy. */
  save: oc.input(Request.extend({ format: z.enum(['png', 'npy']), opacity: z.number().min(0).max(1), style: z.enum(['overlay', 'map']) })).output(z.object({ name: z.string(), data: Bytes })),
}

export type Target = z.infer<typeof Target>
export type OptionSpec = z.infer<typeof OptionSpec>
export type MethodInfo = z.infer<typeof MethodInfo>
export type MethodRequest = z.infer<typeof MethodRequest>
export type Attribution = z.infer<typeof Attribution>
export type ExplainStart = z.infer<typeof ExplainStart>
