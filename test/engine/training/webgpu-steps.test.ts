import { expect, it } from 'vitest'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { hostTensorOf } from '#engine/runtime/host-tensor.ts'
import type { DeviceId } from '#contract/application.ts'
import { describeWithWebgpu } from '../../support/webgpu-device.ts'
import { trainingCase } from '../../support/training-case.ts'

/** Issue 3, section 6.2. */
const tolerance = 1e-3
const steps = 20

async function lossesOn(device: DeviceId): Promise<number[]> {
  const made = trainingCase({ net: '6C5-BN MP2 8C3p-BN-D0.2 MP2 24F 10', inputDims: [1, 20, 20], batch: 8, batches: 4, optimizer: { kind: 'adam', rate: 2e-3, clip: 5 } })
  const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
  try {
    const graph = made.graph(runtime.loweringOf(device))
    const session = await runtime.openSteps(graph.model, { device, loop: graph.loop, initial: Object.fromEntries([...graph.initial].map(([name, tensor]) => [name, hostTensorOf(tensor)])), guard: [graph.loss] })
    const losses: number[] = []
    for (let t = 1; t <= steps; t++) losses.push(Number((await session.step(made.feeds(t), [graph.loss]))[graph.loss]?.data[0]))
    await session.dispose()
    return losses
  } finally {
    await runtime.dispose()
    made.dispose()
  }
}

await describeWithWebgpu('training steps', () => {
  it(`give the same losses on WebGPU as on the CPU for ${steps} steps, to ${tolerance}`, async () => {
    const [cpu, webgpu] = [await lossesOn('cpu'), await lossesOn('webgpu')]
    expect(Math.max(...webgpu.map((loss, index) => Math.abs(loss - cpu[index]!)))).toBeLessThan(tolerance)
    expect(cpu.at(-1)).toBeLessThan(cpu[0]!)
  })
})
