import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { int, ints, string } from '#engine/onnx/attributes.ts'
import { graphModel } from '../../support/graph-model.ts'
import { describeWithWebgpu } from '../../support/webgpu-device.ts'
import { affine, ascent, cached } from './models.ts'

// float32 on another processor: a few units in the last place.
const tolerance = 5
const x = floatTensor([1, 4], Float32Array.of(1, 2, 3, 4))

await describeWithWebgpu('a runtime on WebGPU', () => {
  let runtime: Runtime
  const notices: string[] = []
  beforeAll(() => { runtime = createRuntime({ device: 'webgpu', threads: 1, onNotice: (message) => notices.push(message) }) })
  afterAll(() => runtime.dispose())

  it('uses it when it is asked for', async () => {
    expect(await runtime.device()).toEqual({ requested: 'webgpu', inUse: 'webgpu' })
    const session = await runtime.open({ kind: 'bytes', bytes: writeModel(affine()) })
    expect(session.device).toBe('webgpu')
    expect([...(await session.run({ x }, ['y']))['y']!.data]).toEqual([3, 5, 7, 9])
    await session.dispose()
  })

  it('keeps state on the device from step to step, and reads it without disturbing it', async () => {
    const size = 1000
    const steps = await runtime.openSteps(ascent(size), { loop: { s: 'next' }, initial: { s: floatTensor([size], new Float32Array(size)) } })
    const goal = floatTensor([size], new Float32Array(size).fill(8))
    const values: number[] = []
    for (let step = 0; step < 3; step++) values.push(Number((await steps.step({ goal }, ['f']))['f']!.data[0]))
    for (const [step, expected] of [-0.5 * size * 16, -0.5 * size * 4, -0.5 * size].entries()) expect(values[step]).toBeCloseTo(expected, tolerance - 2)
    expect((await steps.readState())['s']!.data[size - 1]).toBeCloseTo(7, tolerance)
    await steps.step({ goal }, [])
    expect((await steps.readState(['s']))['s']!.data[0]).toBeCloseTo(7.5, tolerance)
    await steps.dispose()
  })

  it('agrees with the CPU over 200 steps', async () => {
    const size = 16
    const goal = floatTensor([size], Float32Array.from({ length: size }, (_, index) => Math.sin(index)))
    const run = async (device: 'cpu' | 'webgpu') => {
      const steps = await runtime.openSteps(ascent(size), { device, loop: { s: 'next' }, initial: { s: floatTensor([size], new Float32Array(size)) } })
      for (let step = 0; step < 200; step++) await steps.step({ goal }, [])
      const { s } = await steps.readState()
      await steps.dispose()
      return s!.data
    }
    const [cpu, gpu] = [await run('cpu'), await run('webgpu')]
    for (let index = 0; index < size; index++) expect(gpu[index]).toBeCloseTo(Number(cpu[index]), tolerance)
  })

  it('leaves a model that the device fails on to the CPU, with a notice', async () => {
    // MaxPool's Indices output: claimed by the WebGPU provider of 1.30, refused when it runs.
    const pooled = graphModel({
      inputs: { x: [1, 1, 4, 4] },
      nodes: [{ op: 'MaxPool', inputs: ['x'], outputs: ['y', 'where'], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(0), auto_pad: string('NOTSET') } }],
      outputs: { y: [1, 1, 2, 2], where: undefined },
    })
    const picture = floatTensor([1, 1, 4, 4], Float32Array.from({ length: 16 }, (_, index) => index))
    const run = () => runtime.use('pooled', () => cached(pooled), async (session) => [session.device, [...(await session.run({ x: picture }, ['y', 'where']))['y']!.data]])
    expect(await run()).toEqual(['cpu', [5, 7, 13, 15]])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('the CPU took over')
    expect(await run()).toEqual(['cpu', [5, 7, 13, 15]])
    expect(notices).toHaveLength(1)
    expect(await runtime.use('affine', () => cached(affine()), async (session) => session.device)).toBe('webgpu')
  })
})
