/** The network of a recipe, whichever way it is given. */
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { Dim } from '../onnx/model.ts'
import type { Mode } from './builder.ts'
import { buildNetwork } from './network.ts'
import type { BuiltNetwork } from './network.ts'

export interface NetSource {
  /** The extent that pictures are brought to; their own where absent. */
  readonly size?: { readonly height: number; readonly width: number }
  /** For input of these dims behind the batch axis. */
  readonly build: (inputDims: readonly number[], mode: Mode, batch: Dim) => BuiltNetwork
}

/** Async because a model's file has to be read. */
export function openNetSource(recipe: Pick<Recipe, 'net' | 'seed' | 'initialization' | 'name' | 'description'>): Promise<NetSource> {
  return Promise.resolve().then(() => netSourceOf(recipe))
}

export function netSourceOf(recipe: Pick<Recipe, 'net' | 'seed' | 'initialization' | 'name' | 'description'>): NetSource {
  const { net, seed, initialization, name, description } = recipe
  if (net.kind === 'model') throw new AppError('option-invalid', 'Training an opened ONNX model needs its file to be read first.')
  return { build: (inputDims, mode, batch) => buildNetwork({ net, seed, initialization, inputDims, mode, batch, name, description }) }
}
