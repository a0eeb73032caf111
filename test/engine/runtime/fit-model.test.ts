import { afterAll, beforeAll, expect, it } from 'vitest'
import { int, ints } from '#engine/onnx/attributes.ts'
import { tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { createRandom } from '#engine/lib/random.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { graphModel } from '../../support/graph-model.ts'
import { describeWithWebgpu } from '../../support/webgpu-device.ts'

/** float32 sums of up to 21 * 9 products on another processor. */
const tolerance = 1e-5

interface Convolution { readonly channels: number; readonly filters: number; readonly side: number; readonly stride: number; readonly group: number }

const convolutions: readonly Convolution[] = [
  ...[3, 6, 7, 9, 12, 15, 18].map((channels) => ({ channels, filters: 8, side: 3, stride: 1, group: 1 })),
  { channels: 9, filters: 4, side: 5, stride: 2, group: 1 }, { channels: 9, filters: 6, side: 3, stride: 1, group: 1 }, { channels: 6, filters: 8, side: 1, stride: 1, group: 1 },
  { channels: 12, filters: 8, side: 3, stride: 1, group: 2 }, { channels: 18, filters: 12, side: 3, stride: 2, group: 3 }, { channels: 9, filters: 9, side: 3, stride: 1, group: 9 },
]

await describeWithWebgpu('convolutions on WebGPU', () => {
  let runtime: Runtime
  beforeAll(() => { runtime = createRuntime({ device: 'webgpu', threads: 1 }) })
  afterAll(() => runtime.dispose())

  it('are those of the CPU for any number of channels', { timeout: 300_000 }, async () => {
    const random = createRandom(1)
    const floats = (dims: readonly number[]) => floatTensor(dims, Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => random.normal(0, 1)))
    const wrong: string[] = []
    for (const { channels, filters, side, stride, group } of convolutions) {
      const kernel = [filters, channels / group, side, side]
      const model = graphModel({
        inputs: { x: [2, channels, 9, 8] }, constants: { w: tensorOfNumbers('float32', kernel, [...floats(kernel).data]) },
        nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attributes: { strides: ints([stride, stride]), pads: ints([side >> 1, side >> 1, side >> 1, side >> 1]), group: int(group) } }],
        outputs: { y: undefined },
      })
      const x = floats([2, channels, 9, 8])
      const run = async (device: 'cpu' | 'webgpu') => {
        const session = await runtime.open(model, { device })
        const { y } = await session.run({ x })
        await session.dispose()
        return y!.data as Float32Array
      }
      const [cpu, gpu] = [await run('cpu'), await run('webgpu')]
      const error = Math.hypot(...cpu.map((value, index) => value - (gpu[index] ?? NaN))) / Math.hypot(...cpu)
      if (!(error < tolerance)) wrong.push(`${channels} to ${filters}, ${side}x${side}, stride ${stride}, ${group} groups: ${error.toExponential(1)}`)
    }
    expect(wrong).toEqual([])
  })
})
