/** Which layers of a network dream well. */
import type { DreamTarget } from '#contract/dream.ts'
import type { Layer, LayerKind } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import type { Network } from '../../network/network.ts'

/** A pool or a resize shows the maps before it, coarser. */
const computing: ReadonlySet<LayerKind> = new Set<LayerKind>(['convolution', 'join', 'concat', 'normalization', 'activation', 'attention'])
/** What joins branches shows all that a module sees. */
const joining: ReadonlySet<LayerKind> = new Set<LayerKind>(['join', 'concat'])
/** Pixels between neighboring units of GoogLeNet's inception_4, where dreams have eyes, wheels and towers. */
const dreamingStride = 16

/** Layers with maps or tokens that can be dreamt of, in the network's order. */
export function dreamLayers({ structure: { layers }, facts }: Pick<Network, 'structure' | 'facts'>): readonly Layer[] {
  return layers.filter(({ kind, view, outputTensor, gradientRefused }) => computing.has(kind) && (view.type === 'maps' || view.type === 'tokens') && gradientRefused === undefined && facts.has(outputTensor))
}

/**
 * The middle one of the layers with the stride that is nearest below 16 pixels: inception_4c/output of GoogLeNet, as google/deepdream has it. Outputs of
 * modules go before single convolutions. Throws 'layer-invalid' where there is none.
 */
export function suggestedLayer(network: Pick<Network, 'structure' | 'facts'>, { preprocessing: { height } }: Pick<DisplaySpace, 'preprocessing'>): Layer {
  const layers = dreamLayers(network)
  const strides = layers.map((layer) => strideOf(layer, height))
  const stride = Math.max(...strides.filter((each) => each < dreamingStride * 1.3))
  const alike = layers.filter((_, index) => strides[index] === stride)
  const modules = alike.filter(({ kind }) => joining.has(kind))
  const from = modules.length > 0 ? modules : alike
  const layer = from[Math.floor((from.length - 1) / 2)] ?? layers.at(-1)
  if (!layer) throw new AppError('layer-invalid', 'The model has no layer with feature maps: there is nothing in it that could dream.')
  return layer
}

/** What is dreamt of where nobody says. */
export const suggestedTargets = (network: Pick<Network, 'structure' | 'facts'>, display: Pick<DisplaySpace, 'preprocessing'>): readonly DreamTarget[] => [{ layer: suggestedLayer(network, display).id, weight: 1 }]

const strideOf = ({ view }: Layer, height: number): number => (view.type === 'maps' ? height / Math.max(1, view.height) : view.type === 'tokens' ? height / Math.sqrt(Math.max(1, view.tokens)) : Infinity)
