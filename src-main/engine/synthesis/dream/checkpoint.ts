/** The state of a dream between two steps, as named tensors. */
import { z } from 'zod'
import { invariant } from '#contract/errors.ts'
import type { NamedTensor } from '../../lib/safetensors.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Checkpoint } from '../define-work.ts'
import type { DreamState } from './dream.ts'
import type { Frame } from './film.ts'

/** What decides the sizes: fixed when a dream begins. */
export const Geometry = z.object({ size: z.number().optional(), octaves: z.number(), scale: z.number(), zoomFrames: z.number().optional() })
export type Geometry = z.infer<typeof Geometry>

const Notes = z.object({ geometry: Geometry, frame: z.number(), octave: z.number(), step: z.number(), steering: z.unknown(), values: z.array(z.array(z.number())) })

export interface FilmState {
  readonly geometry: Geometry
  readonly frame: number
  readonly dream: DreamState
  /** Of films behind their first frame. */
  readonly begun?: Frame | undefined
  /** PNG of every finished frame of a film. */
  readonly finished: readonly Uint8Array[]
  /** By octave of this frame: the objective before every step. */
  readonly values: readonly (readonly number[])[]
}

export function captureFilm({ geometry, frame, dream, begun, finished, values }: FilmState): Omit<Checkpoint, 'step'> {
  const tensors = new Map<string, NamedTensor>([['picture', dream.picture]])
  if (begun) {
    tensors.set('start', begun.start)
    if (begun.colors !== begun.start) tensors.set('colors', begun.colors)
  }
  finished.forEach((png, index) => tensors.set(`frame${index}`, { dims: [png.length], data: png }))
  return { tensors, notes: { geometry, frame, octave: dream.octave, step: dream.step, steering: dream.steering, values } }
}

export function restoreFilm({ tensors, notes }: Checkpoint): FilmState {
  const { geometry, frame, octave, step, steering, values } = Notes.parse(notes)
  const floats = (name: string): FloatTensor | undefined => {
    const tensor = tensors.get(name)
    return tensor?.data instanceof Float32Array ? floatTensor(tensor.dims, tensor.data.slice()) : undefined
  }
  const picture = floats('picture')
  invariant(picture, 'a checkpoint of a dream without its picture')
  const start = floats('start')
  const finished = Array.from({ length: frame }, (_, index) => tensors.get(`frame${index}`)?.data as Uint8Array)
  return { geometry, frame, dream: { octave, step, picture, steering }, begun: start && { start, colors: floats('colors') ?? start }, finished, values }
}
