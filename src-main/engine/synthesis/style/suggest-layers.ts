/**
 * Layers of any network that stand where Gatys et al. 2016 (CVPR, "Image Style Transfer Using Convolutional Neural Networks") took theirs in VGG-19:
 * style from the first of every resolution down to a sixteenth, content from the second at an eighth.
 */
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import type { StyleLayer } from '#contract/style.ts'
import type { Network } from '../../network/network.ts'

export interface SuggestedLayers {
  readonly style: readonly StyleLayer[]
  readonly content: readonly StyleLayer[]
}

const coarsest = 16
/** Convolutions without padding lose a few pixels on the way. */
const strayPixels = 4
const contentStride = 8
const smallestMap = 4
const mostLevels = 5

/** Throws 'layer-invalid' where no layer has maps that a gradient reaches. */
export function suggestLayers({ structure: { layers } }: Pick<Network, 'structure'>): SuggestedLayers {
  const usable = layers.filter((layer) => isUsable(layer))
  const finest = Math.max(0, ...layers.map((layer) => (layer.view.type === 'maps' ? layer.view.height : 0)))
  const heights = [...new Set(usable.map(heightOf))].sort((a, b) => b - a).filter((height) => height >= smallestMap && finest / height < coarsest + strayPixels)
  if (heights.length === 0) throw new AppError('layer-invalid', 'No layer of this model has feature maps that a gradient reaches, which style transfer needs: open a convolutional network.')
  const levels = heights.slice(0, mostLevels).map((height) => mainPath(usable.filter((layer) => heightOf(layer) === height)))
  const level = levels.findLast((each) => finest / heightOf(each[0]!) < contentStride + strayPixels / 2) ?? levels[0]!
  return {
    style: levels.map(([first]) => ({ layer: first!.id, weight: 1 })),
    content: [{ layer: (level[1] ?? level[0]!).id, weight: 1 }],
  }
}

const heightOf = ({ view }: Layer): number => (view.type === 'maps' ? view.height : 0)
const isUsable = ({ kind, view, gradientRefused }: Layer): boolean =>
  view.type === 'maps' && view.height > 1 && gradientRefused === undefined && (kind === 'convolution' || kind === 'concat' || kind === 'join')

/** What every path of a resolution comes together in, where it branches; else its convolutions that look around. */
function mainPath(level: readonly Layer[]): readonly Layer[] {
  const joined = level.filter(({ kind }) => kind !== 'convolution')
  if (joined.length > 0) return joined
  const wide = level.filter(({ window }) => window?.kernel.some((extent) => extent > 1))
  return wide.length > 0 ? wide : level
}
