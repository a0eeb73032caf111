/** In which order a step's graph is computed, and with it what is held at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import type { Model } from '#engine/onnx/model.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { BackboneSource } from '#engine/synthesis/style/backbone.ts'
import { stepGraph } from '#engine/synthesis/style/graphs.ts'
import { names } from '#engine/synthesis/style/plan.ts'
import gram from '#engine/synthesis/style/statistics/gram.ts'
import { suggestLayers } from '#engine/synthesis/style/suggest-layers.ts'
import { resource } from '../../../support/run-work.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network

beforeAll(async () => { network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime }) })
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

/** onnxruntime's order: back from the outputs, at every node what was written last first (Graph::ReverseDFSFrom, compared by node index). */
function orderOfRun({ graph: { nodes } }: Model): readonly number[] {
  const producer = new Map(nodes.flatMap(({ outputs }, index) => outputs.map((output): [string, number] => [output, index])))
  const read = nodes.map(({ inputs }) => [...new Set(inputs.flatMap((name) => producer.get(name) ?? []))].sort((a, b) => b - a))
  const used = new Set(read.flat())
  const done = new Set<number>()
  const order: number[] = []
  const visit = (index: number): void => {
    if (done.has(index)) return
    done.add(index)
    read[index]!.forEach(visit)
    order.push(index)
  }
  nodes.map((_, index) => index).filter((index) => !used.has(index)).reverse().forEach(visit)
  return order
}

describe('a step of style transfer', () => {
  it('takes a layer’s statistics before it computes the next layer, masks and smoothness after all else that can wait', async () => {
    const record = await initialRecord(network, {})
    const source = new BackboneSource(network, { preprocessing: record!.preprocessing })
    const { style, content } = suggestLayers(network)
    const plan = { statistic: gram, style: style.map(({ layer }) => layer), content: content.map(({ layer }) => layer), regionOfStyle: [0], regions: 1, masked: false }
    const backbone = source.at({ height: 64, width: 64 }, [...plan.style, ...plan.content])
    const model = stepGraph({ plan, backbone, counts: () => 1, held: {}, target: runtime.loweringOf('cpu'), elements: 3 * 64 * 64 })
    const order = orderOfRun(model)
    const at = (output: string): number => order.indexOf(model.graph.nodes.findIndex(({ outputs }) => outputs.includes(output)))
    const { nodes } = model.graph
    const placesOf = (opType: string): readonly number[] => order.flatMap((index, place) => (nodes[index]!.opType === opType ? [place] : []))
    const maps = plan.style.map((layer) => at(backbone.taps.get(layer)!.value.name))
    // Products of features are the only Gemms; each layer's stands between its maps and the next one's.
    const products = placesOf('Gemm')
    expect(products).toHaveLength(plan.style.length)
    for (const [index, place] of products.entries()) {
      expect(place).toBeGreaterThan(maps[index]!)
      expect(place).toBeLessThan(maps[index + 1] ?? Infinity)
    }
    // The way back begins behind the last statistics, with none of the masks made ahead of it.
    const seed = at(names.seed(plan.style.at(-1)!))
    for (const mask of placesOf('HardSigmoid')) expect(mask).toBeGreaterThan(seed)
    // Smoothness reads the picture alone, whose differences are as large as the picture.
    for (const pad of placesOf('Pad')) expect(pad).toBeGreaterThan(Math.max(...placesOf('HardSigmoid')))
  })
})
