/** Targets about the open picture: what a layer still knows of it, and what it finds in it, exaggerated. */
import type { FeatureTarget } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'

export const views = [
  { id: 'inversion', title: 'Still known', hint: 'A picture made from noise that the layer can hardly tell from yours: what is lost is what it does not see (Mahendran and Vedaldi 2015)' },
  { id: 'caricature', title: 'Exaggerated', hint: 'More of everything that the layer finds in your picture, where it finds it (Olah 2018)' },
] as const
export type View = (typeof views)[number]['id']

/** Of the cosine that keeps a caricature like the picture. */
const caricaturePower = 4
/** Of a strip through the layers. */
const mostLayers = 8
/** Digits of a file's hash that tell it from others. */
const digits = 10

export const pictureName = (layer: Layer, view: View, { sha256 }: FileReference): string => `${layer.id}-${view}-${sha256.slice(0, digits)}`

export function pictureTarget(layer: Layer, view: View, picture: FileReference): FeatureTarget {
  return {
    name: pictureName(layer, view, picture), title: `${picture.name}, ${view === 'inversion' ? 'as' : 'exaggerated by'} ${layer.title}${view === 'inversion' ? ' knows it' : ''}`,
    terms: [{ id: view, weight: 1, layer: layer.id, picture, ...(view === 'caricature' ? { power: caricaturePower } : {}) }],
  }
}

/** From the first to the last layer with maps, evenly; the one in front is among them. */
export function layersThrough(layers: readonly Layer[], current: Layer): readonly Layer[] {
  const all = layers.filter(({ view, gradientRefused }) => view.type === 'maps' && gradientRefused === undefined)
  const count = Math.min(mostLayers, all.length)
  const even = new Set(Array.from({ length: count }, (_, at) => all[Math.round((at * (all.length - 1)) / Math.max(1, count - 1))]))
  return all.filter((layer) => even.has(layer) || layer.id === current.id)
}
