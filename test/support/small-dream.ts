/** Dreams of a small network with random weights. */
import { DreamSettings } from '#contract/dream.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { createRandom } from '#engine/lib/random.ts'
import { ints } from '#engine/onnx/attributes.ts'
import { elementCount, float32Tensor } from '#engine/onnx/tensor-data.ts'
import { pixelsOfDisplay } from '#engine/preprocessing/apply.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { dreamPicture } from '#engine/synthesis/dream/dream.ts'
import type { DreamRequest, DreamState, DreamStep } from '#engine/synthesis/dream/dream.ts'
import { PictureSteps } from '#engine/synthesis/dream/picture-steps.ts'
import { Steering } from '#engine/synthesis/dream/steering.ts'
import { TileGradients } from '#engine/synthesis/dream/tile-gradients.ts'
import { graph, modelOf, node } from './graph-builder.ts'

const dims = { w1: [8, 3, 3, 3], b1: [8], w2: [12, 8, 3, 3], b2: [12] } as const

export function smallWeights(): Record<keyof typeof dims, FloatTensor> {
  const random = createRandom(11)
  const make = (shape: readonly number[], deviation: number): FloatTensor => floatTensor(shape, Float32Array.from({ length: elementCount(shape) }, () => random.normal(0, deviation)))
  return { w1: make(dims.w1, 0.3), b1: make(dims.b1, 0.1), w2: make(dims.w2, 0.2), b2: make(dims.b2, 0.1) }
}

/** Layers 'first' and 'second': convolutions of 3 × 3 with ReLU, a pool of 2 between them; 'logits' behind a dense layer, at 32 × 32 pixels alone. */
export async function smallNetwork(runtime: Runtime): Promise<Network> {
  const weights = Object.fromEntries(Object.entries(smallWeights()).map(([name, { dims: shape, data }]) => [name, float32Tensor(shape, data)]))
  const random = createRandom(12)
  const dense = float32Tensor([12 * 16 * 16, 5], Float32Array.from({ length: 12 * 16 * 16 * 5 }, () => random.normal(0, 0.02)))
  const conv = { pads: ints([1, 1, 1, 1]), kernel_shape: ints([3, 3]) }
  return openNetwork(modelOf(graph([
    node('Conv', 'picture w1 b1', 'a', conv, 'first'), node('Relu', 'a', 'b', {}, 'first/relu'), node('MaxPool', 'b', 'c', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, 'pool'),
    node('Conv', 'c w2 b2', 'd', conv, 'second'), node('Relu', 'd', 'e', {}, 'second/relu'), node('Flatten', 'e', 'f', {}, 'flatten'), node('MatMul', 'f dense', 'logits', {}, 'logits'),
  ], [['picture', [1, 3, 32, 32]]], 'logits', { ...weights, dense })), { runtime })
}

export const smallDisplay: DisplaySpace = {
  preprocessing: { input: 'picture', layout: 'NCHW', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1], invert: false, height: 32, width: 32, fit: 'crop', labels: [], output: 'logits', outputTensor: 'logits' },
}

/** Waves and noise, [1, 3, height, width], each value a whole number of 255ths. */
export function texture(height: number, width: number, seed: number): FloatTensor {
  const random = createRandom(seed)
  const waves = Array.from({ length: 6 }, () => [random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4), random.uniform(0, 6)] as const)
  return floatTensor([1, 3, height, width], Float32Array.from({ length: 3 * height * width }, (_, at) => {
    const [channel, row, column] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width]
    const value = waves.reduce((sum, [down, across, phase]) => sum + Math.sin(down * row + across * column + phase + channel), 0)
    return Math.round(255 * Math.min(1, Math.max(0, 0.5 + 0.07 * value + random.normal(0, 0.03)))) / 255
  }))
}

export interface DreamOptions extends Partial<Pick<DreamRequest, 'mask' | 'from'>> {
  readonly display?: DisplaySpace
  readonly seed?: number
  readonly signal?: AbortSignal
  readonly onStep?: (step: DreamStep) => Promise<DreamSettings | undefined> | DreamSettings | undefined
}

export async function dreamOf(network: Network, runtime: Runtime, source: FloatTensor, given: Partial<DreamSettings>, { display = smallDisplay, seed = 0, signal, onStep, mask, from }: DreamOptions = {}): Promise<{ readonly picture: FloatTensor; readonly values: readonly number[]; readonly states: readonly DreamState[] }> {
  const settings = DreamSettings.parse({ picture: { sha256: '', name: '' }, balance: 0, evenness: 0, natural: 0, ...(display === smallDisplay ? { targets: [{ layer: 'second' }] } : {}), ...given })
  const options = { runtime, network, display, signal }
  const gradients = new TileGradients(options)
  const dreaming = new PictureSteps(options, gradients)
  const steering = new Steering(options, gradients, settings, () => Promise.resolve(pixelsOfDisplay(texture(32, 32, 2))))
  const values: number[] = []
  const states: DreamState[] = []
  try {
    const picture = await dreamPicture({
      source, settings, gradients, picture: dreaming, steering, seed, steps: ({ steps }) => steps, ...(mask ? { mask } : {}), ...(from ? { from } : {}),
      onStep: async (step) => {
        values.push(step.value)
        const state = await step.state()
        states.push({ ...state, picture: floatTensor(state.picture.dims, state.picture.data.slice()) })
        return (await onStep?.(step)) ?? settings
      },
    })
    return { picture, values, states }
  } finally {
    await dreaming.forget()
    await gradients.forget()
  }
}
