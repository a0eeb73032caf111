/** What a run will take, in forward passes of the model at its own size, and in memory. */
import type { FeedForwardStyle, OptimiseStyle, StyleSettings } from '#contract/style.ts'
import type { Estimate, WorkPlace } from '../define-work.ts'
import { BackboneSource } from './backbone.ts'
import { budgetFor, defaultMemoryBytes } from './memory.ts'
import { bytesPerPixel, pictureNet } from './picture-net.ts'
import { layersIn } from './settings.ts'
import { extentAt } from './stages.ts'

/** A step: the way there, the way back (about as much again), and the statistics, which count as much as the rest in small networks. */
const passesPerStep = 4
/** In tiles every picture is looked at twice, margins more often. */
const passesPerTiledStep = 8

export async function estimateStyle(place: WorkPlace, settings: StyleSettings): Promise<Estimate> {
  if (settings.method === 'feed-forward') return estimatePainting(place, settings)
  const { height, width } = place.display.preprocessing
  const { passes, bytes } = await estimateStages(place, settings, height * width)
  return { passes, bytes }
}

/** Of many pictures the first few stand for all. */
const looked = 4

async function estimatePainting(place: WorkPlace, { contents, size, memoryBytes = defaultMemoryBytes }: FeedForwardStyle): Promise<Estimate> {
  const net = pictureNet(place.network, place.display)
  const { height, width } = net.fixed ?? place.display.preprocessing
  const pixels = await Promise.all(contents.slice(0, looked).map(async (content) => {
    const picture = await place.picture(content)
    const extent = size === undefined ? picture : extentAt(picture, size)
    return Math.max(extent.height * extent.width, net.fixed ? height * width : 0)
  }))
  const mean = pixels.reduce((sum, each) => sum + each, 0) / Math.max(1, pixels.length)
  const atOnce = net.fixed ? height * width : Math.max(0, ...pixels)
  return { passes: (contents.length * mean) / (height * width), bytes: Math.min(memoryBytes, atOnce * bytesPerPixel(net)) }
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
