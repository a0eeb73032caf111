import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeedForwardStyle } from '#contract/style.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { ints } from '#engine/onnx/attributes.ts'
import { elementCount, float32Tensor } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { graph, modelOf, node } from '../../../support/graph-builder.ts'
import { finishWork, resource } from '../../../support/run-work.ts'
import type { WorkBench } from '../../../support/run-work.ts'
import { smallDisplay, smallNetwork } from '../../../support/small-dream.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
const opened: Network[] = []

afterAll(async () => {
  for (const network of opened) await network.dispose()
  await runtime.dispose()
})

/** Two convolutions of 5 x 5, with an instance normalization between them where asked for; pictures in 0..1. */
async function painter(normalized: boolean): Promise<WorkBench> {
  const random = createRandom(3)
  const made = (dims: readonly number[], deviation: number, mean = 0) => float32Tensor(dims, Float32Array.from({ length: elementCount(dims) }, () => mean + random.normal(0, deviation)))
  const conv = { pads: ints([2, 2, 2, 2]), kernel_shape: ints([5, 5]) }
  const weights = { w1: made([8, 3, 5, 5], 0.2), b1: made([8], 0.1), w2: made([3, 8, 5, 5], 0.015), b2: made([3], 0.05, 0.5), scale: made([8], 0.2, 1), bias: made([8], 0.2) }
  const network = await openNetwork(modelOf(graph([
    node('Conv', 'picture w1 b1', 'a', conv, 'first'),
    ...(normalized ? [node('InstanceNormalization', 'a scale bias', 'n', {}, 'norm')] : []),
    node('Relu', normalized ? 'n' : 'a', 'b', {}, 'relu'), node('Conv', 'b w2 b2', 'painted', conv, 'second'),
  ], [['picture', [1, 3, 64, 64]]], 'painted', weights)), { runtime })
  opened.push(network)
  const { outputTensor: _, ...preprocessing } = smallDisplay.preprocessing
  return { runtime, network, preprocessing: { ...preprocessing, height: 64, width: 64, output: 'none' }, pictures: { owl: resource('pictures/owl.png'), cat: resource('pictures/cat.png') } }
}

const file = (sha256: string) => ({ sha256, name: `${sha256}.png` })
/** 300 MB are less than the process has already: pieces become as small as they may. */
const little = 300 * 2 ** 20
const paint = async (bench: WorkBench, settings: Partial<FeedForwardStyle>) => finishWork(bench, { kind: 'style', seed: 0, settings: { method: 'feed-forward', contents: [file('owl')], size: 150, ...settings } })
const largest = (a: FloatTensor, b: FloatTensor): number => a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - b.data[at]!)), 0)

describe('a network that makes the picture itself', () => {
  let plain: WorkBench
  let normalized: WorkBench
  beforeAll(async () => { [plain, normalized] = [await painter(false), await painter(true)] })

  it('makes the same picture in pieces as at once', async () => {
    const [whole, pieces] = [await paint(plain, {}), await paint(plain, { memoryBytes: little })]
    expect([whole.made[0]!.item.facts['pieces'], Number(pieces.made[0]!.item.facts['pieces']) > 3]).toEqual([1, true])
    expect(pieces.pictures[0]!.dims).toEqual([1, 3, 150, 150])
    expect(largest(pieces.pictures[0]!, whole.pictures[0]!)).toBeLessThan(1e-4)
  })

  it('normalizes pieces by the whole picture: nearly the same at once, and without seams', async () => {
    const [whole, pieces] = [(await paint(normalized, {})).pictures[0]!, (await paint(normalized, { memoryBytes: little })).pictures[0]!]
    let [error, spread] = [0, 0]
    const mean = whole.data.reduce((sum, value) => sum + value, 0) / whole.data.length
    whole.data.forEach((value, at) => {
      error += (value - pieces.data[at]!) ** 2
      spread += (value - mean) ** 2
    })
    // The statistics are those of the picture at the size of one piece.
    expect(Math.sqrt(error / spread)).toBeLessThan(0.2)
  })

  it('takes several pictures, each an item with a recipe of its own', async () => {
    const { made, pictures } = await paint(plain, { contents: [file('owl'), file('cat'), file('owl')], size: 64 })
    expect(made.map(({ item }) => item.name)).toEqual(['owl', 'cat', 'owl-2'])
    expect(pictures[2]).toEqual(pictures[0])
    expect(pictures[1]).not.toEqual(pictures[0])
  })

  it('refuses a network that makes no picture, and says what to do', async () => {
    const network = await smallNetwork(runtime)
    opened.push(network)
    await expect(paint({ ...plain, network, preprocessing: smallDisplay.preprocessing }, {})).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringMatching(/does not make a picture/) as string })
  })
})
