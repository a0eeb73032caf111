/** Synthesis: long pieces of work that make pictures. A run belongs to the engine and outlives its page. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { DreamRecipe } from './dream.ts'
import { FeaturesRecipe } from './features.ts'
import { FoolRecipe } from './fool.ts'
import { StyleRecipe } from './style.ts'
import { Bytes } from './wire.ts'

/** Everything a run depends on: the same recipe gives the same pixels on the same device. */
export const SynthesisRecipe = z.discriminatedUnion('kind', [FeaturesRecipe, DreamRecipe, StyleRecipe, FoolRecipe])
export const SynthesisKind = z.enum(['features', 'dream', 'style', 'fool'])

/** 'interrupted': its process died; it can be resumed. */
export const SynthesisState = z.enum(['running', 'paused', 'done', 'failed', 'cancelled', 'interrupted'])
export const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.number()), z.array(z.string())]))

export const Forecast = z.object({
  /** Null where nothing of the kind was run yet and no forward pass could be timed. */ seconds: z.number().nullable(),
  /** Beside what the application takes already. */ bytes: z.number(),
  /** "by 3 runs like it on this device", "by one forward pass of the model". */ basis: z.string(),
})

/** A finished picture (or film, archive) of a run. */
export const SynthesisItem = z.object({
  /** Unlike any other of the run. */ name: z.string(), title: z.string(), facts: Facts, at: z.number(),
  /** Of its file: 'png', 'gif', 'mp4', 'json'. */ extension: z.string(), bytes: z.number(),
  /** Of pictures, pixels. */ width: z.number().optional(), height: z.number().optional(),
  /** Whether unrounded values were kept, from which 16-bit files are made. */ deep: z.boolean(),
})

export const SynthesisProgress = z.object({
  step: z.number(), steps: z.number(), /** Of all work, what is done: steps may take unlike times. */ share: z.number().default(0), /** What is being done: "inception_4c, unit 3 of 512". */ label: z.string(),
  /** Of the objective or loss; its meaning is the kind's. */ value: z.number().nullable(), secondsLeft: z.number().nullable(),
  /** Of the kind, for its own display: evaluations per second, losses by name. */ facts: Facts.optional(),
})

export const SynthesisRun = z.object({
  id: z.string(), title: z.string(), recipe: SynthesisRecipe, state: SynthesisState, startedAt: z.number(), endedAt: z.number().optional(),
  /** Seconds of work, pauses left out. */ seconds: z.number(), /** Largest growth of the process's memory. */ peakBytes: z.number(),
  progress: SynthesisProgress.optional(), forecast: Forecast.optional(), device: z.string(),
  /** The run and step that this one was branched from. */ from: z.object({ run: z.string(), step: z.number() }).optional(),
  items: z.array(SynthesisItem), /** Steps at which it can be branched without any being made again. */ checkpoints: z.array(z.number()), error: z.string().optional(),
})

/** PNG of at most 640 pixels a side. */
const Shown = z.instanceof(Uint8Array)
export const SynthesisEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), run: SynthesisRun }),
  z.object({ type: z.literal('progress'), progress: SynthesisProgress }),
  /** A picture in the making; replaces the one before of that name. Extent of the picture itself. */
  z.object({ type: z.literal('preview'), name: z.string(), png: Shown, width: z.number(), height: z.number(), step: z.number() }),
  z.object({ type: z.literal('item'), item: SynthesisItem, /** Absent for what is no picture. */ png: Shown.optional() }),
])

const Run = z.object({ run: z.string() })
const Branch = z.object({ run: z.string(), step: z.number().int().nonnegative() })

export const synthesis = {
  /** Time and memory that a run will take. */
  forecast: oc.input(z.object({ recipe: SynthesisRecipe })).output(Forecast),
  /** `from`: goes on from that step of another run, with the settings of `recipe` in force from there. */
  start: oc.input(z.object({ recipe: SynthesisRecipe, from: Branch.optional() })).output(SynthesisRun),
  /** The state, finished items and latest previews first, then every event until the run has ended. */
  watch: oc.input(Run).output(eventIterator(SynthesisEvent)),
  /** `settings` (of the run's kind) are in force from the next step on. */
  control: oc.input(Run.extend({ action: z.enum(['pause', 'resume', 'cancel']).optional(), settings: z.record(z.string(), z.unknown()).optional() })).output(SynthesisRun),
  list: oc.input(z.object({ kind: SynthesisKind.optional() })).output(z.array(SynthesisRun)),
  /** A finished item as a file, its recipe in it where the format can carry it; 'original': as it was made. */
  result: oc.input(Run.extend({ item: z.string(), format: z.enum(['original', 'tiff16', 'npy']).default('original') })).output(z.object({ name: z.string(), data: Bytes })),
  remove: oc.input(Run).output(z.void()),
}

export type SynthesisRecipe = z.infer<typeof SynthesisRecipe>
export type SynthesisKind = z.infer<typeof SynthesisKind>
export type SynthesisState = z.infer<typeof SynthesisState>
export type SynthesisItem = z.infer<typeof SynthesisItem>
export type SynthesisProgress = z.infer<typeof SynthesisProgress>
export type SynthesisRun = z.infer<typeof SynthesisRun>
export type SynthesisEvent = z.infer<typeof SynthesisEvent>
export type Forecast = z.infer<typeof Forecast>
export type Facts = z.infer<typeof Facts>
