/** What dreams where nobody says: the layer and the settings that are usual for a network. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Layer, LayerKind } from '#contract/graph.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { dreamLayers, suggestedLayer, usualDream } from '#engine/synthesis/dream/suggest-layer.ts'
import { resource } from '../../../support/run-work.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
afterAll(() => runtime.dispose())

async function suggestedIn(path: string): Promise<string> {
  const network = await openNetwork(path, { runtime })
  const { id } = suggestedLayer(network)
  await network.dispose()
  return id
}

/** Layers of maps, by kind and side. */
function networkOf(layers: readonly (readonly [id: string, kind: LayerKind, side: number])[]): Pick<Network, 'structure' | 'facts'> {
  const made = layers.map(([id, kind, side]) => ({ id, kind, view: { type: 'maps', height: side, width: side, channels: 8 }, outputTensor: id }) as unknown as Layer)
  return { structure: { layers: made }, facts: new Map(layers.map(([id]) => [id, {}])) } as unknown as Pick<Network, 'structure' | 'facts'>
}

describe('the layer that dreams', () => {
  it('has about one position for 16 × 16 pixels, whatever the size of the picture, and is the output of a module where there are modules', () => {
    expect(suggestedLayer(networkOf([['picture', 'input', 224], ['stem', 'convolution', 56], ['a', 'concat', 28], ['b1', 'convolution', 14], ['b', 'concat', 14], ['c', 'concat', 7]])).id).toBe('b')
    expect(suggestedLayer(networkOf([['picture', 'input', 96], ['stem', 'convolution', 24], ['a', 'concat', 12], ['b1', 'convolution', 6], ['b', 'concat', 6]])).id).toBe('b')
    expect(suggestedLayer(networkOf([['picture', 'input', 32], ['a', 'convolution', 32], ['b', 'convolution', 16], ['c', 'convolution', 8]])).id).toBe('c')
  })
  it('is the last module of the bundled network', async () => {
    expect(await suggestedIn(resource('models/phosphene-24.onnx'))).toBe('mixed5')
  })
  it('is none where nothing has maps', () => {
    expect(() => suggestedLayer(networkOf([['picture', 'input', 28]]))).toThrow(/nothing in it that could dream/)
    expect(dreamLayers(networkOf([['picture', 'input', 28], ['pool', 'pooling', 14]]))).toEqual([])
  })
})

describeWithTestdata('the layer that dreams, of known networks', () => {
  it('is the one of google/deepdream in GoogLeNet', async () => {
    expect(await suggestedIn(testdata('models/googlenet-bvlc.onnx'))).toContain('inception_4c')
  })
})

it('settings are google/deepdream’s for nets of photographs, and others for small ones', () => {
  expect(usualDream({ preprocessing: { height: 224, width: 224 } })).toEqual({ octaves: 4, steps: 10, jitter: 32, smoothing: 0, pyramid: 0, balance: 0, evenness: 0, natural: 0 })
  expect(usualDream({ preprocessing: { height: 32, width: 32 } }).octaves).toBeGreaterThan(4)
})
