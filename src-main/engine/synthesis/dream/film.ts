/** What is dreamt frame by frame: a picture alone, a zoom into it, or an animation. */
import type { DreamSettings } from '#contract/dream.ts'
import { zoomIntoPlanes } from '../../images/planes.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'

export interface Frame {
  /** What the dream begins with, [1, C, H, W]. */
  readonly start: FloatTensor
  /** Whose colors count as the original ones. */
  readonly colors: FloatTensor
}

export interface Film {
  readonly frames: number
  /** Of every frame, milliseconds. */
  readonly delays: readonly number[]
  /** Steps in every octave of that frame. */
  readonly stepsOf: (settings: DreamSettings, frame: number) => number
  /** `last`: the frame before, and what it dreamt. */
  readonly frame: (settings: DreamSettings, index: number, last?: Frame & { readonly dream: FloatTensor }) => Promise<Frame>
}

/** 25 frames a second. */
const zoomDelayMs = 40

export const stillFilm = (picture: FloatTensor): Film => ({
  frames: 1, delays: [0], stepsOf: ({ steps }) => steps,
  frame: () => Promise.resolve({ start: picture, colors: picture }),
})

/** google/deepdream's zoom: every frame is the dream before, a little larger, and dreams on. */
export const zoomFilm = (picture: FloatTensor, frames: number): Film => ({
  frames, delays: Array<number>(frames).fill(zoomDelayMs),
  stepsOf: ({ steps, zoom }, frame) => (frame === 0 ? steps : (zoom?.steps ?? steps)),
  async frame({ zoom }, _, last) {
    if (!last) return { start: picture, colors: picture }
    const closer = async (tensor: FloatTensor): Promise<FloatTensor> => floatTensor(tensor.dims, await zoomIntoPlanes(tensor, zoom?.share ?? 0))
    return { start: await closer(last.dream), colors: await closer(last.colors) }
  },
})

/** Every frame dreams by itself, on top of a part of what the frame before dreamt. */
export const animationFilm = (count: number, frameAt: (index: number) => FloatTensor, delays: readonly number[]): Film => ({
  frames: count, delays, stepsOf: ({ steps }) => steps,
  frame({ carry }, index, last) {
    const colors = frameAt(index)
    if (!last || carry === 0) return Promise.resolve({ start: colors, colors })
    const start = colors.data.map((value, at) => Math.min(1, Math.max(0, value + carry * (last.dream.data[at]! - last.colors.data[at]!))))
    return Promise.resolve({ start: floatTensor(colors.dims, start), colors })
  },
})
