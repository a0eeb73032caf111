/** How a picture becomes a model's input: one record for every model, saved beside it. */
import { z } from 'zod'

export const Preprocessing = z.object({
  /** The input tensor it describes. */
  input: z.string(),
  layout: z.enum(['NCHW', 'NHWC']),
  channels: z.enum(['RGB', 'BGR', 'GRAY']),
  /** Display space is 0..1. Input = (pixel * scale - mean[c]) / std[c], pixel in 0..1; scale 255 for raw byte ranges. */
  scale: z.number(),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  /** Light digits on dark for grey models: invert pictures whose border is light. */
  invert: z.boolean(),
  /** Extent of the input in pixels. */
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  /** 'crop': shorter side to `resize`, then centre crop; 'stretch': both sides; 'fit': whole picture, padded. */
  fit: z.enum(['crop', 'stretch', 'fit']),
  /** Shorter side before the centre crop, pixels; only with 'crop'. */
  resize: z.number().int().positive().optional(),
  /** Class names by index; empty where unknown. */
  labels: z.array(z.string()),
  /** What the class output holds, so that probabilities can be shown. */
  output: z.enum(['logits', 'probabilities', 'none']),
  /** Name of the class output tensor. */
  outputTensor: z.string().optional(),
})

/** What the usual recipes differ in. */
export const Normalization = Preprocessing.pick({ channels: true, scale: true, mean: true, std: true })

export const PreprocessingRecord = z.object({
  preprocessing: Preprocessing,
  /** Where it comes from. 'guessed' waits for the user's word. */
  source: z.enum(['metadata', 'catalogue', 'saved', 'guessed', 'user']),
  /** For people: "Guessed: of 8 usual ways to prepare a picture, “Caffe, BGR 0..255” fits best (99 % sure)". */
  note: z.string(),
  confirmed: z.boolean(),
  /** The candidates tried, best first, with the score that ranked them. */
  candidates: z.array(z.object({ id: z.string(), title: z.string(), score: z.number(), normalization: Normalization })),
})

export type Normalization = z.infer<typeof Normalization>
export type Preprocessing = z.infer<typeof Preprocessing>
export type PreprocessingRecord = z.infer<typeof PreprocessingRecord>
