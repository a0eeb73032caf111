/** The network of a recipe, whichever way it is given. */
import type { Net, Recipe } from '#contract/training.ts'
import type { Dataset } from '../datasets/dataset.ts'
import type { Dim, Model } from '../onnx/model.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Mode } from './builder.ts'
import { buildNetwork } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import { openModelSource } from './transfer/model-source.ts'

export interface AdaptControls {
  readonly runtime: Runtime
  readonly signal?: AbortSignal | undefined
  readonly onNote?: ((note: string) => void) | undefined
}

export interface NetSource {
  /** The extent that pictures are brought to; their own where absent. */
  readonly size?: { readonly height: number; readonly width: number }
  /** Instead of the recipe's, where the network prepares its input itself. */
  readonly standardize?: Recipe['standardize']
  /** The data as this network takes it: an opened model may ask for its features instead of pictures. */
  readonly adapt?: (dataset: Dataset, controls: AdaptControls) => Promise<Dataset>
  /** The recipe's network with what the data settled. */
  readonly settled?: () => Net
  /** The exported network from raw data on. */
  readonly finish?: (model: Model) => Model
  /** For input of these dims behind the batch axis. */
  readonly build: (inputDims: readonly number[], mode: Mode, batch: Dim) => BuiltNetwork
}

type NetRecipe = Pick<Recipe, 'net' | 'seed' | 'initialization' | 'name' | 'description' | 'augment'>

/** Async because a model's file has to be read. `runtime`: to find out how such a model wants its pictures, where the recipe does not say. */
export async function openNetSource(recipe: NetRecipe, runtime?: Runtime): Promise<NetSource> {
  const { net } = recipe
  return net.kind === 'model' ? openModelSource({ ...recipe, net }, runtime) : netSourceOf({ ...recipe, net })
}

export function netSourceOf(recipe: Omit<NetRecipe, 'augment'> & { readonly net: Exclude<Net, { kind: 'model' }> }): NetSource {
  const { net, seed, initialization, name, description } = recipe
  return { build: (inputDims, mode, batch) => buildNetwork({ net, seed, initialization, inputDims, mode, batch, name, description }) }
}
