/** What a run will take, in forward passes of the model at its own size, and in memory. */
import type { OptimiseStyle, StyleSettings } from '#contract/style.ts'
import type { Estimate, WorkPlace } from '../define-work.ts'
import { BackboneSource } from './backbone.ts'
import { budgetFor, defaultMemoryBytes } from './memory.ts'
import { layersIn } from './settings.ts'
import { extentAt } from './stages.ts'

/** A step: the way there, the way back (about as much again), and the statistics, which count as much as the rest in small networks. */
const passesPerStep = 4
/** In tiles every picture is looked at twice, margins more often. */
const passesPerTiledStep = 8

export async function estimateStyle(place: WorkPlace, settings: StyleSettings): Promise<Estimate> {
  const { height, width } = place.display.preprocessing
  if (settings.method === 'feed-forward') return { passes: settings.contents.length * (settings.size === undefined ? 1 : settings.size ** 2 / (height * width)), bytes: settings.memoryBytes ?? defaultMemoryBytes }
  const { passes, bytes } = await estimateStages(place, settings, height * width)
  return { passes, bytes }
}

async function estimateStages(place: WorkPlace, settings: OptimiseStyle, ownPixels: number): Promise<Estimate> {
  const source = new BackboneSource(place.network, place.display)
  const { style, content } = layersIn(place.network, settings)
  const layers = [...new Set([...style, ...content].map(({ layer }) => layer))]
  const share = shareOfNetwork(place, layers)
  const picture = await place.picture(settings.content)
  let [passes, bytes] = [0, 0]
  for (const { size, steps } of settings.stages) {
    const extent = extentAt(picture, size)
    const budget = budgetFor(source, layers, extent, settings.memoryBytes ?? defaultMemoryBytes)
    const tiled = budget.largestTile < Math.max(extent.height, extent.width)
    passes += steps * share * (tiled ? passesPerTiledStep : passesPerStep) * ((extent.height * extent.width) / ownPixels)
    bytes = Math.max(bytes, budget.bytes)
  }
  return { passes, bytes }
}

/** Of the multiply-accumulates of a pass, those before the deepest of these layers. */
function shareOfNetwork({ network: { structure } }: WorkPlace, layers: readonly string[]): number {
  const last = Math.max(...layers.map((layer) => structure.layers.findIndex(({ id }) => id === layer)))
  const macs = (until: number): number => structure.layers.slice(0, until).reduce((sum, layer) => sum + layer.macs, 0)
  return macs(last + 1) / Math.max(1, macs(structure.layers.length))
}
