/** What the layers of a model answer to a picture, and the weights behind it. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { PreprocessingRecord } from './preprocessing.ts'
import { Bytes, FloatArray, Histogram, Statistics } from './wire.ts'

const Run = z.object({ model: z.string(), picture: z.string() })

export const Prediction = z.object({ index: z.number(), label: z.string(), probability: z.number(), value: z.number() })

export const ForwardResult = z.object({
  /** The classes with the highest probability, best first; empty for a model that does not classify. */
  top: z.array(Prediction),
  classes: z.number(),
  device: z.string(),
  /** Of the pass itself, when it was made: an answer that is still kept says the same again. */
  ms: z.number(),
  /** The record that was used: a first picture may have settled the guess. */
  preprocessing: PreprocessingRecord.optional(),
  /** PNG of the output picture, of an image-to-image model or a generator. */
  outputPicture: Bytes.optional(),
})

/** One layer's maps as a sheet of tiles, 8-bit, one byte a pixel, row-major: what a texture is made of. */
export const MapSheet = z.object({
  layer: z.string(),
  columns: z.number(), rows: z.number(),
  /** Extent of one tile in the sheet, pixels; maps larger than asked for are area-averaged down. */
  tileHeight: z.number(), tileWidth: z.number(),
  /** Units shown, in order (all of them, or the most active when the layer has more than asked for). */
  units: z.array(z.number()),
  total: z.number(),
  /** Byte 0 is this value and byte 255 that one, by the scale asked for; one entry a tile. */
  low: z.array(z.number()), high: z.array(z.number()),
  /** True where values below zero occur: shown on the diverging map, low = -high. */
  signed: z.boolean(),
  pixels: Bytes,
})

export const UnitActivation = z.object({
  layer: z.string(), unit: z.number(),
  /** [H, W] for a map; [1, 1] for a unit of a vector. */
  map: FloatArray,
  statistics: Statistics, histogram: Histogram,
  /** 1 for the unit with the largest maximum of its layer on this picture. */
  rank: z.number(), units: z.number(),
  kernelNorm: z.number().optional(),
})

/** One neighbour of a unit: how strongly it is connected and what passes on this picture. */
export const UnitLink = z.object({ layer: z.string(), unit: z.number(), /** Signed: the kernel's sum; its L1 norm ranks. */ weight: z.number(), norm: z.number() })

export const KernelSheet = z.object({
  layer: z.string(), title: z.string(),
  /** [output channels, input channels per group, height, width]; the region asked for. */
  kernels: FloatArray,
  /** Indices of the output channels in `kernels`. */
  outputs: z.array(z.number()), totalOutputs: z.number(),
  inputs: z.array(z.number()), totalInputs: z.number(),
  /** One scale for the whole layer: the largest absolute weight. */
  extent: z.number(),
  /** L2 norm by output channel, of all of them. */
  norms: z.array(z.number()),
  /** True for a first layer over three colour channels: show in colour. In channel order RGB. */
  color: z.boolean(),
})

export const KernelLayer = z.object({
  layer: z.string(), title: z.string(), outputs: z.number(), inputsPerGroup: z.number(), kernel: z.array(z.number()), groups: z.number(),
  parameters: z.number(), extent: z.number(), statistics: Statistics, color: z.boolean(), dense: z.boolean(),
})

export const activations = {
  /** Runs the model and keeps its activations until another picture or model takes the memory. */
  run: oc.input(Run).output(ForwardResult),
  sheet: oc.input(Run.extend({ layer: z.string(), maxTiles: z.number().int().positive().max(4096), tileSize: z.number().int().positive().max(512), scale: z.enum(['map', 'layer']) })).output(MapSheet),
  unit: oc.input(Run.extend({ layer: z.string(), unit: z.number().int().nonnegative() })).output(UnitActivation),
  /** The values of a vector layer, or the mean of each map: [units]. */
  vector: oc.input(Run.extend({ layer: z.string() })).output(z.object({ values: FloatArray, statistics: Statistics, histogram: Histogram })),
  /** Strongest incoming and outgoing units of one unit, through the weights between neighbouring layers. */
  links: oc.input(z.object({ model: z.string(), layer: z.string(), unit: z.number().int().nonnegative(), count: z.number().int().positive().max(256) }))
    .output(z.object({ incoming: z.array(UnitLink), outgoing: z.array(UnitLink) })),
  /** Any tensor of the run as an .npy file. */
  npy: oc.input(Run.extend({ layer: z.string(), unit: z.number().int().nonnegative().optional() })).output(z.object({ name: z.string(), data: Bytes })),
}

export const kernels = {
  layers: oc.input(z.object({ model: z.string() })).output(z.array(KernelLayer)),
  sheet: oc.input(z.object({
    model: z.string(), layer: z.string(), offset: z.number().int().nonnegative(), count: z.number().int().positive().max(1024), inputs: z.number().int().positive().max(256),
    /** 'input-maps' pictures a dense layer as maps over the feature maps (or picture) it reads. */
    sort: z.enum(['index', 'norm', 'similarity']),
  })).output(KernelSheet),
}

export type Prediction = z.infer<typeof Prediction>
export type ForwardResult = z.infer<typeof ForwardResult>
export type MapSheet = z.infer<typeof MapSheet>
export type UnitActivation = z.infer<typeof UnitActivation>
export type UnitLink = z.infer<typeof UnitLink>
export type KernelSheet = z.infer<typeof KernelSheet>
export type KernelLayer = z.infer<typeof KernelLayer>
