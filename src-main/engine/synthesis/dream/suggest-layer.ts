/** What of a network dreams well, where nobody says. */
import type { DreamTarget, DreamUsual } from '#contract/dream.ts'
import type { Layer, LayerKind } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import type { Network } from '../../network/network.ts'

/** A pool or a resize shows the maps before it, coarser. */
const computing: ReadonlySet<LayerKind> = new Set<LayerKind>(['convolution', 'join', 'concat', 'normalization', 'activation', 'attention'])
/** What joins branches shows all that a module sees. */
const joining: ReadonlySet<LayerKind> = new Set<LayerKind>(['join', 'concat'])
/** Pixels of the picture for one position of GoogLeNet's inception_4, where dreams have eyes, wheels and towers. */
const dreamingStride = 16
/** Of networks whose input is no picture of known extent. */
const usualSide = 224

/** Layers with maps or tokens that can be dreamt of, in the network's order. */
export function dreamLayers({ structure: { layers }, facts }: Pick<Network, 'structure' | 'facts'>): readonly Layer[] {
  return layers.filter(({ kind, view, outputTensor, gradientRefused }) => computing.has(kind) && (view.type === 'maps' || view.type === 'tokens') && gradientRefused === undefined && facts.has(outputTensor))
}

/**
 * The middle one of the layers with about one position for 16 × 16 pixels: inception_4c/output of GoogLeNet, as google/deepdream has it, and nearly the deepest of networks
 * for smaller pictures. Outputs of modules go before single convolutions. Throws 'layer-invalid' where there is none.
 */
export function suggestedLayer(network: Pick<Network, 'structure' | 'facts'>): Layer {
  const layers = dreamLayers(network)
  const input = network.structure.layers.find(({ kind, view }) => kind === 'input' && view.type === 'maps')
  const wanted = (input ? sideOf(input) : usualSide) / dreamingStride
  const distances = layers.map((layer) => Math.abs(Math.log(sideOf(layer) / wanted)))
  const nearest = Math.min(...distances)
  const alike = layers.filter((_, index) => distances[index] === nearest)
  const modules = alike.filter(({ kind }) => joining.has(kind))
  const from = modules.length > 0 ? modules : alike
  const layer = from[Math.floor(from.length / 2)]
  if (!layer) throw new AppError('layer-invalid', 'The model has no layer with feature maps: there is nothing in it that could dream.')
  return layer
}

const sideOf = ({ view }: Layer): number => Math.max(1, Math.sqrt(view.type === 'maps' ? view.height * view.width : view.type === 'tokens' ? view.tokens : 1))

export const suggestedTargets = (network: Pick<Network, 'structure' | 'facts'>): readonly DreamTarget[] => [{ layer: suggestedLayer(network).id, weight: 1 }]

/** Nets for smaller pictures have few channels, of which one would take the whole dream, and are excited by fine stripes before anything else. */
const smallPicture = 160

/**
 * google/deepdream's settings for nets of photographs. For small ones all channels and parts of the picture are drawn in, the gradient is smoothed and its
 * scales brought to one strength, colors move along those of natural pictures in part, and smaller octaves bring the picture down to what such a net sees at
 * once; shifts stay small beside those.
 */
export function usualDream({ preprocessing: { height, width } }: { readonly preprocessing: Pick<DisplaySpace['preprocessing'], 'height' | 'width'> }): DreamUsual {
  return Math.min(height, width) < smallPicture
    ? { octaves: 6, steps: 16, jitter: 16, smoothing: 1.5, pyramid: 4, balance: 1, evenness: 0.3, natural: 0.4 }
    : { octaves: 4, steps: 10, jitter: 32, smoothing: 0, pyramid: 0, balance: 0, evenness: 0, natural: 0 }
}
