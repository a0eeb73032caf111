/** What of the settings shapes the loss, and how its parts are weighed. */
import type { OptimiseStyle, StyleLayer } from '#contract/style.ts'
import { AppError } from '#contract/errors.ts'
import { findLayer } from '../../network/find-layer.ts'
import type { Network } from '../../network/network.ts'
import type { Weights } from './evaluator.ts'
import { suggestLayers } from './suggest-layers.ts'

export interface ChosenLayers { readonly style: readonly StyleLayer[]; readonly content: readonly StyleLayer[] }

/** Those of the settings under their ids, else the suggested ones. Throws 'layer-invalid'. */
export function layersIn(network: Network, { styleLayers, contentLayers }: Pick<OptimiseStyle, 'styleLayers' | 'contentLayers'>): ChosenLayers {
  const named = (layers: readonly StyleLayer[]): readonly StyleLayer[] => layers.map(({ layer, weight }) => {
    const { id, title, gradientRefused } = findLayer(network, layer)
    if (gradientRefused !== undefined) throw new AppError('layer-invalid', `'${title}' has no gradient: ${gradientRefused}. Choose an earlier layer.`)
    return { layer: id, weight }
  })
  const suggested = styleLayers && contentLayers ? undefined : suggestLayers(network)
  const chosen = { style: named(styleLayers ?? suggested?.style ?? []), content: named(contentLayers ?? suggested?.content ?? []) }
  for (const layers of [chosen.style, chosen.content]) {
    const twice = layers.find(({ layer }, index) => layers.findIndex((other) => other.layer === layer) !== index)
    if (twice) throw new AppError('layer-invalid', `The layer '${twice.layer}' is named twice: give it one weight.`)
  }
  return chosen
}

/**
 * Weights of layers and of styles that share a region are shares of one; a region counts by its share of the picture, so that every pixel is pulled
 * as strongly in a small region as in a large one.
 */
export function weightsOf(settings: OptimiseStyle, layers: ChosenLayers, regionOfStyle: readonly number[], shares: readonly number[]): Weights {
  const styleSum = sum(layers.style.map(({ weight }) => weight))
  const contentSum = sum(layers.content.map(({ weight }) => weight))
  const ofStyle = settings.styles.map(({ weight }, index) => {
    const region = regionOfStyle[index] ?? 0
    const together = sum(settings.styles.filter((_, other) => regionOfStyle[other] === region).map((each) => each.weight))
    return (weight / together) * (shares[region] ?? 1)
  })
  return {
    style: layers.style.map(({ weight }) => ofStyle.map((share) => (settings.styleWeight * weight * share) / (styleSum || 1))),
    content: layers.content.map(({ weight }) => (settings.contentWeight * weight) / (contentSum || 1)),
    smoothness: settings.smoothness,
  }
}

/** Two settings of equal keys have the same loss but for its weights. */
export const structureKey = (settings: OptimiseStyle, layers: ChosenLayers): string => JSON.stringify([
  settings.content, settings.styles.map(({ picture, scale, mask }) => [picture, scale, mask]), layers.style.map(({ layer }) => layer), layers.content.map(({ layer }) => layer),
  settings.statistic, settings.color, settings.memoryBytes,
])

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
