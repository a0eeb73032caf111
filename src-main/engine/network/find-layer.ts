/** A layer as a person names it. */
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import type { Network } from './network.ts'

/** By its id, else by its title. */
export const layerNamed = ({ structure: { layers } }: Pick<Network, 'structure'>, name: string): Layer | undefined =>
  layers.find((candidate) => candidate.id === name) ?? layers.find((candidate) => candidate.title === name)

/** Throws 'layer-invalid'. */
export function findLayer(network: Pick<Network, 'structure'>, name: string): Layer {
  const layer = layerNamed(network, name)
  if (!layer) throw new AppError('layer-invalid', `The model has no layer '${name}'. \`phosphene inspect\` lists its ${network.structure.layers.length} layers.`)
  return layer
}
