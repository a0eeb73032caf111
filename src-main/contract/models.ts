/** Opening models and pictures; their structure and preprocessing. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { NetworkStructure, NetworkSummary } from './graph.ts'
import { Preprocessing, PreprocessingRecord } from './preprocessing.ts'
import { Bytes, FileSource, Progress } from './wire.ts'

export const OpenModel = z.object({
  /** Handle for every other call; stable for the same file content (its SHA-256). */
  model: z.string(),
  source: FileSource,
  summary: NetworkSummary,
  structure: NetworkStructure,
  /** 'classifier', 'image-to-image' and 'generator' open in Explore with what suits them. */
  task: z.enum(['classifier', 'image-to-image', 'generator', 'encoder', 'other']),
  /** Absent for models without a picture input. */
  preprocessing: PreprocessingRecord.optional(),
})

export const Picture = z.object({
  /** Handle for every other call (SHA-256 of the content). */
  picture: z.string(),
  name: z.string(),
  width: z.number(),
  height: z.number(),
  source: FileSource,
  /** PNG, longer side at most 256 pixels. */
  thumbnail: Bytes,
  /** The recipe embedded in it, if it is one of our own results. */
  recipe: z.unknown().optional(),
})

export const RecentFile = z.object({ source: FileSource, title: z.string(), subtitle: z.string(), openedAt: z.number(), missing: z.boolean(), thumbnail: Bytes.optional() })

export const Sample = z.object({ id: z.string(), title: z.string(), subtitle: z.string(), thumbnail: Bytes.optional() })

export const models = {
  open: oc.input(z.object({ source: FileSource })).output(OpenModel),
  close: oc.input(z.object({ model: z.string() })).output(z.void()),
  recent: oc.output(z.array(RecentFile)),
  forget: oc.input(z.object({ source: FileSource })).output(z.void()),
  samples: oc.output(z.array(Sample)),
  /** Tries the usual recipes on a picture again and reports the ranking; nothing is saved. */
  guessPreprocessing: oc.input(z.object({ model: z.string(), picture: z.string() })).output(PreprocessingRecord),
  /** Confirms or edits; saved beside the model, or in the data folder where that is read-only (`savedTo` says). */
  setPreprocessing: oc.input(z.object({ model: z.string(), preprocessing: Preprocessing })).output(z.object({ record: PreprocessingRecord, savedTo: z.string() })),
}

export const pictures = {
  open: oc.input(z.object({ source: FileSource })).output(Picture),
  samples: oc.output(z.array(Sample)),
  /** PNG of the picture as the model sees it: resized and cropped, in display space. */
  asSeenBy: oc.input(z.object({ model: z.string(), picture: z.string() })).output(z.object({ width: z.number(), height: z.number(), png: Bytes })),
}

/** Uploads in slices, so that any transport carries files of any size and shows progress. */
export const files = {
  begin: oc.input(z.object({ name: z.string(), size: z.number().int().nonnegative() })).output(z.object({ id: z.string() })),
  append: oc.input(z.object({ id: z.string(), data: Bytes })).output(z.object({ received: z.number() })),
  finish: oc.input(z.object({ id: z.string() })).output(FileSource),
}

export const CatalogueEntry = z.object({
  name: z.string(), title: z.string(), task: z.string(), bytes: z.number(), license: z.string(), opset: z.number(),
  origin: z.string(), downloaded: z.boolean(), partialBytes: z.number(),
})
export const catalogue = {
  list: oc.output(z.array(CatalogueEntry)),
  /** Resumes a partial download; checks the SHA-256 before the file takes its name. */
  download: oc.input(z.object({ name: z.string() })).output(eventIterator(z.union([Progress, z.object({ type: z.literal('done'), source: FileSource })]))),
  remove: oc.input(z.object({ name: z.string() })).output(z.void()),
}

export type OpenModel = z.infer<typeof OpenModel>
export type Picture = z.infer<typeof Picture>
export type RecentFile = z.infer<typeof RecentFile>
export type Sample = z.infer<typeof Sample>
export type CatalogueEntry = z.infer<typeof CatalogueEntry>
