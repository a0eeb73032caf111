/**
 * Deep dream (google/deepdream, dream.ipynb): from the smallest octave up, the picture is moved to excite its targets more; what that
 * changed is enlarged and added to the next octave's picture.
 */
import { AppError } from '#contract/errors.ts'
import type { DreamSettings } from '#contract/dream.ts'
import { zoomPlanes } from '../../images/planes.ts'
import { createRandom, streamSeed } from '../../lib/random.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { MaskSource } from './mask.ts'
import { octaveExtents } from './octaves.ts'
import type { Extent } from './octaves.ts'
import type { PictureSteps } from './picture-steps.ts'
import type { Steering } from './steering.ts'
import type { TileGradients } from './tile-gradients.ts'

/** Where a dream is: enough to go on. */
export interface DreamState {
  readonly octave: number
  /** Steps done in that octave. */
  readonly step: number
  /** [1, C, h, w] of that octave. */
  readonly picture: FloatTensor
  /** What the steering measured: see `Steering.notes`. */
  readonly steering: unknown
}

export interface DreamStep {
  readonly octave: number
  readonly octaves: readonly Extent[]
  /** Of the octave, from 1. */
  readonly step: number
  /** The targets' mean value before this step; squares over two for whole layers. */
  readonly value: number
  readonly picture: () => Promise<FloatTensor>
  /** What the octave began from, without any dream. */
  readonly base: FloatTensor
  readonly state: () => Promise<DreamState>
}

export interface DreamRequest {
  /** [1, C, H, W] in display space; not changed. */
  readonly source: FloatTensor
  readonly settings: DreamSettings
  readonly gradients: TileGradients
  readonly picture: PictureSteps
  readonly steering: Steering
  /** Steps of every octave. */
  readonly steps: (settings: DreamSettings) => number
  readonly mask?: MaskSource | undefined
  readonly seed: number
  /** Sessions stay for another picture of this size. */
  readonly keepSessions?: boolean
  readonly from?: DreamState | undefined
  /** After every step; throws when cancelled; answers the settings from the next step on. */
  readonly onStep: (step: DreamStep) => Promise<DreamSettings>
}

/** [1, C, H, W]. Throws 'layer-invalid', 'target-invalid', 'shape-mismatch', 'gradient-missing', 'gradient-refused', 'cancelled'. */
export async function dreamPicture({ source, settings: initial, gradients, picture: dreaming, steering, steps, mask, seed, keepSessions = false, from, onStep }: DreamRequest): Promise<FloatTensor> {
  let settings = initial
  const extents = octavesOf(source, settings, gradients, steering)
  const bases = await basesOf(source, extents)
  let picture = from?.picture ?? floatTensor(bases[0]!.dims, bases[0]!.data.slice())
  if (from) steering.restore(from.steering)
  for (let octave = from?.octave ?? 0; octave < extents.length; octave++) {
    const extent = extents[octave]!
    const done = from?.octave === octave ? from.step : 0
    if (octave > (from?.octave ?? 0)) picture = await carried(picture, bases[octave - 1]!, bases[octave]!)
    // What is smaller is not needed again.
    if (octave > 0) bases[octave - 1] = floatTensor([0], new Float32Array())
    if (done === 0) steering.beginOctave()
    dreaming.begin(picture)
    for (let step = done; step < steps(settings); step++) {
      const random = createRandom(streamSeed(streamSeed(seed, octave), step))
      const shift = { down: random.integer(-settings.jitter, settings.jitter), across: random.integer(-settings.jitter, settings.jitter), edges: settings.edges }
      const manner = { shaping: steering.shaping(settings), edges: settings.edges, mask: await mask?.(settings, extent) }
      const sight = await steering.aim(settings, extent, (first) => dreaming.look({ ...first, manner }))
      const { values } = await dreaming.step({ ...sight, manner, shift, rate: settings.stepSize / 255, random })
      const now = { octave, octaves: extents, step: step + 1, value: steering.combined(values), base: bases[octave]! }
      settings = await onStep({ ...now, picture: () => dreaming.picture(), state: async () => ({ octave, step: step + 1, picture: await dreaming.picture(), steering: steering.notes }) })
    }
    picture = await dreaming.picture()
    if (!keepSessions && octave < extents.length - 1) {
      await dreaming.forget()
      await gradients.forget()
    }
  }
  return picture
}

/** Smallest first. Throws 'shape-mismatch' where the layers cannot be computed even for the whole picture. */
export function octavesOf(source: FloatTensor, { octaves, scale }: DreamSettings, gradients: TileGradients, steering: Steering): readonly Extent[] {
  const [height = 1, width = 1] = source.dims.slice(2)
  const fits = (extent: Extent): boolean => steering.fits(extent)
  if (!fits({ height, width })) {
    const fixed = steering.fixedExtent
    const needed = fixed ? `${fixed.width} × ${fixed.height} pixels, the only size at which that can be computed` : 'a larger one'
    throw new AppError('shape-mismatch', `A picture of ${width} × ${height} pixels is too small for ${steering.title}: give ${needed}, set a larger size, or choose an earlier layer.`)
  }
  return octaveExtents({ height, width }, octaves, scale, fits)
}

/** By octave; each is made from the next larger one, as nd.zoom does it there. */
async function basesOf(source: FloatTensor, extents: readonly Extent[]): Promise<FloatTensor[]> {
  const bases = [source]
  for (const { height, width } of extents.slice(0, -1).toReversed()) bases.unshift(floatTensor([1, source.dims[1] ?? 1, height, width], await zoomPlanes(bases[0]!, height, width)))
  return bases
}

/** What the octave changed, enlarged and added to the next one's picture. */
async function carried(picture: FloatTensor, base: FloatTensor, next: FloatTensor): Promise<FloatTensor> {
  const [, , height = 1, width = 1] = next.dims
  const detail = await zoomPlanes(floatTensor(base.dims, picture.data.map((value, index) => value - base.data[index]!)), height, width)
  for (let index = 0; index < detail.length; index++) detail[index]! += next.data[index]!
  return floatTensor(next.dims, detail)
}
