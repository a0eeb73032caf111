/** Runs of opened models on opened pictures: prepared, computed once, and looked at layer by layer. */
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import { createKernels } from '../activations/kernels.ts'
import type { Kernels } from '../activations/kernels.ts'
import { createLinkFinder } from '../activations/links.ts'
import type { LinkFinder } from '../activations/links.ts'
import { RunStore } from '../activations/run-store.ts'
import type { KeptRun, RunRequest } from '../activations/run-store.ts'
import type { Network } from '../network/network.ts'
import { latentInputs, preparePicture } from '../preprocessing/prepare.ts'
import type { PreparedPicture } from '../preprocessing/prepare.ts'
import type { GuessControls } from '../preprocessing/resolve.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import type { OpenedModel, OpenModels } from './open-models.ts'
import type { OpenPictures } from './open-pictures.ts'

export interface RunIds { readonly model: string; readonly picture: string }

export interface Runs {
  /** Guesses the model's preprocessing from the picture where nothing is known yet. Throws 'preprocessing-invalid' for a model without a picture input. */
  prepare(ids: RunIds, controls?: GuessControls): Promise<PreparedPicture>
  /** The model's outputs. A model without a picture input runs on a point of its latent space that the picture's name seeds. */
  outputs(ids: RunIds, controls?: GuessControls): Promise<KeptRun>
  layer(ids: RunIds, layer: string): Promise<{ readonly layer: Layer; readonly tensor: HostTensor }>
  kernels(model: string): Kernels
  links(model: string): LinkFinder
  /** Lets go of what was computed with a record that is no longer in use. */
  forget(model: string): void
  clear(): number
}

export function createRuns(models: OpenModels, pictures: OpenPictures): Runs {
  const store = new RunStore()
  const kernelsByNetwork = new WeakMap<Network, Kernels>()
  const linksByNetwork = new WeakMap<Network, LinkFinder>()
  let prepared: { readonly key: string; readonly picture: PreparedPicture } | undefined

  async function prepare({ model, picture }: RunIds, controls: GuessControls = {}): Promise<PreparedPicture> {
    const pixels = await pictures.pixels(picture)
    const { preprocessing } = await models.recordFor(model, pixels, controls)
    const key = `${model}|${picture}|${JSON.stringify({ ...preprocessing, labels: [] })}`
    if (prepared?.key !== key) prepared = { key, picture: preparePicture(models.get(model).network, preprocessing, pixels) }
    return { ...prepared.picture, space: { ...prepared.picture.space, preprocessing } }
  }

  async function request(ids: RunIds, controls?: GuessControls): Promise<RunRequest> {
    const { network, record } = models.get(ids.model)
    if (!record) return { network, key: `${ids.model}|${ids.picture}|`, inputs: latentInputs(network, seedOf(ids.picture)) }
    const { inputs, space } = await prepare(ids, controls)
    const { labels: _, ...recipe } = space.preprocessing
    return { network, key: `${ids.model}|${ids.picture}|${JSON.stringify(recipe)}`, inputs }
  }

  return {
    prepare,
    outputs: async (ids, controls) => store.outputs(await request(ids, controls)),
    async layer(ids, id) {
      const layer = layerOf(models.get(ids.model), id)
      return { layer, tensor: await store.layer(await request(ids), layer) }
    },
    kernels(model) {
      const { network } = models.get(model)
      const known = kernelsByNetwork.get(network) ?? createKernels(network)
      kernelsByNetwork.set(network, known)
      return known
    },
    links(model) {
      const { network } = models.get(model)
      const known = linksByNetwork.get(network) ?? createLinkFinder(network)
      linksByNetwork.set(network, known)
      return known
    },
    forget: (model) => store.forget(`${model}|`),
    clear: () => store.clear(),
  }
}

/** Throws 'layer-invalid', naming what may have been meant. */
export function layerOf({ network }: OpenedModel, id: string): Layer {
  const { layers } = network.structure
  const layer = layers.find((each) => each.id === id)
  if (layer) return layer
  const near = layers.filter((each) => each.id.includes(id) || id.includes(each.id)).slice(0, 3)
  throw new AppError('layer-invalid', `The model has no layer '${id}'.${near.length > 0 ? ` Did you mean ${near.map((each) => `'${each.id}'`).join(', ')}?` : ''}`)
}

/** FNV-1a (Fowler, Noll, Vo): the same name gives the same latent point. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
