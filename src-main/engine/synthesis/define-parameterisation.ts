/** How a picture is written as numbers that an optimiser moves (Mordvintsev et al. 2018, "Differentiable Image Parameterizations"): one file each. */
import type { Emit, Value } from '../autodiff/emit.ts'
import type { Random } from '../lib/random.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

export interface PictureShape {
  readonly batch: number
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
}

export interface Parameterisation {
  readonly id: string
  readonly title: string
  /** What the optimiser moves, by name, as it begins. */
  readonly initial: (shape: PictureShape, random: Random) => Readonly<Record<string, FloatTensor>>
  /** The picture in display space, [batch, channels, height, width] in 0..1. */
  readonly build: (emit: Emit, parameters: Readonly<Record<string, Value>>, shape: PictureShape) => Value
}

export const defineParameterisation = (parameterisation: Parameterisation): Parameterisation => parameterisation
