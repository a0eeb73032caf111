/** What units responded to most among given pictures: nine patches a unit, with what in them did it. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { DataSource } from './training.ts'
import { Bytes, Histogram, Progress } from './wire.ts'

export const ProjectionMethod = z.enum(['guided', 'deconvnet', 'gradient'])

export const SurveySummary = z.object({
  /** Handle for the other calls; the same for the same model, preprocessing and pictures. */ survey: z.string(),
  model: z.string(), name: z.string(), data: DataSource, /** Pictures gone through, and of all. */ done: z.number(), pictures: z.number(), at: z.number(),
  /** Whether classes are those of the data, or what the model takes the pictures for. */ classes: z.enum(['data', 'predicted', 'none']),
  skipped: z.array(z.object({ picture: z.string(), reason: z.string() })),
})

export const UnitPatch = z.object({
  rank: z.number(), value: z.number(), picture: z.string(), label: z.string().optional(),
  /** Place in the unit's map, and what it sees of the picture in pixels of the model's input. */
  row: z.number(), column: z.number(), box: z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() }),
  png: Bytes,
})

export const UnitPatches = z.object({
  patches: z.array(UnitPatch), /** Of the unit's largest value on each of the first pictures. */ histogram: Histogram,
  /** Mean over all pictures; share of pictures on which it was positive somewhere. */ mean: z.number(), active: z.number(),
  /** Classes that it responds to most, by the mean of its largest values on their pictures. */
  classes: z.array(z.object({ index: z.number(), label: z.string(), mean: z.number(), pictures: z.number() })),
})

const Unit = z.object({ survey: z.string(), layer: z.string(), unit: z.number().int().nonnegative() })

export const patches = {
  /** Goes on where an earlier one ended; at once where it is complete. */
  survey: oc.input(z.object({ model: z.string(), data: DataSource })).output(eventIterator(z.union([Progress, z.object({ type: z.literal('done'), survey: SurveySummary })]))),
  surveys: oc.input(z.object({ model: z.string() })).output(z.array(SurveySummary)),
  unit: oc.input(Unit).output(UnitPatches),
  /** What in the patch of that rank made the unit respond, as a picture of the patch's extent. */
  projection: oc.input(Unit.extend({ rank: z.number().int().min(0).max(8), method: ProjectionMethod })).output(z.object({ png: Bytes })),
  remove: oc.input(z.object({ survey: z.string() })).output(z.void()),
}

export type ProjectionMethod = z.infer<typeof ProjectionMethod>
export type SurveySummary = z.infer<typeof SurveySummary>
export type UnitPatches = z.infer<typeof UnitPatches>
export type UnitPatch = z.infer<typeof UnitPatch>
