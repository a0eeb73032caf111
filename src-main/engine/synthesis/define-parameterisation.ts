/** How a picture is written as numbers that an optimiser moves (Mordvintsev et al. 2018, "Differentiable Image Parameterizations"): one file each. */
import type { Emit, Value } from '../autodiff/emit.ts'
import type { Random } from '../lib/random.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

export interface PictureShape {
  readonly batch: number
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
  /** The value of an empty picture, 0..1: what parameters of zero show. */
  readonly ground: number
  /** Of which pictures the colors are: what nets of 32 pixels learn from has others than photographs. */
  readonly colors: 'photographs' | 'thumbnails'
  /** One more channel says how opaque each pixel is. */
  readonly alpha: boolean
}

/** Channels that are written as numbers: those of the picture, and alpha. */
export const planesOf = ({ channels, alpha }: PictureShape): number => channels + (alpha ? 1 : 0)

export interface Parameterisation {
  readonly id: string
  readonly title: string
  readonly summary: string
  /** A good rate for Adam, as a multiple of the optimiser's own. */
  readonly pace?: number
  /** What the optimiser moves, by name, as it begins. */
  readonly initial: (shape: PictureShape, random: Random) => Readonly<Record<string, FloatTensor>>
  /** The picture in display space, [batch, planes, height, width] in 0..1. */
  readonly build: (emit: Emit, parameters: Readonly<Record<string, Value>>, shape: PictureShape) => Value
}

export const defineParameterisation = (parameterisation: Parameterisation): Parameterisation => parameterisation
