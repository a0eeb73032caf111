/** Types that several domains of the contract share. Binary content is a Blob: it crosses WebSocket and MessagePort as bytes. */
import { z } from 'zod'

export const Bytes = z.instanceof(Blob)

/** Float32, little-endian, row-major. */
export const FloatArray = z.object({ dims: z.array(z.number()), data: Bytes })

/** The same within a streamed event: events are text on the wire, in which a Blob would be lost. */
export const StreamedFloats = z.object({ dims: z.array(z.number()), data: z.instanceof(Uint8Array) })

/** Where a file comes from: this machine's disk, an upload (`files`), a bundled sample, or the model catalogue. */
export const FileSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: z.string().min(1) }),
  z.object({ kind: z.literal('upload'), id: z.string() }),
  z.object({ kind: z.literal('sample'), id: z.string() }),
  z.object({ kind: z.literal('catalogue'), name: z.string() }),
])

/** What every long call streams before its result. */
export const Progress = z.object({
  type: z.literal('progress'),
  /** 0..1, or null when it cannot be known. */
  fraction: z.number().nullable(),
  /** What is being done, for people: "Integrated gradients: step 12 of 32". */
  note: z.string(),
  /** Milliseconds left, by the pace so far. */
  remainingMs: z.number().nullable(),
})

export const Statistics = z.object({
  min: z.number(), max: z.number(), mean: z.number(), std: z.number(),
  /** Share of elements above zero, 0..1. */
  active: z.number(),
  /** Share of elements that are infinite or no numbers, which the others leave out; absent where there are none. */
  invalid: z.number().optional(),
})

/** Equal-width bins from `min` to `max`. */
export const Histogram = z.object({ min: z.number(), max: z.number(), counts: z.array(z.number()) })

export type FloatArray = z.infer<typeof FloatArray>
export type StreamedFloats = z.infer<typeof StreamedFloats>
export type FileSource = z.infer<typeof FileSource>
export type Progress = z.infer<typeof Progress>
export type Statistics = z.infer<typeof Statistics>
export type Histogram = z.infer<typeof Histogram>
