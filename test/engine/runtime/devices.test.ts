import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Device, DeviceId } from '#contract/application.ts'
import { DeviceRegistry } from '#engine/runtime/device-registry.ts'
import { differenceOf, fastestOf, testDevice } from '#engine/runtime/devices.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { InlineHost } from '#engine/runtime/inline-host.ts'
import type { SessionHost } from '#engine/runtime/session-host.ts'
import { describeWithWebgpu, webgpuDevice } from '../../support/webgpu-device.ts'

const passed = (id: DeviceId, selfTestMs: number): Device => ({ id, title: id, state: 'passed', note: '', selfTestMs })

describe('the self-test of a device', () => {
  it('passes the CPU, in a process of its own, with its time', async () => {
    const device = await testDevice('cpu', 1)
    expect(device).toMatchObject({ id: 'cpu', state: 'passed' })
    expect(device.selfTestMs).toBeGreaterThan(0)
  })

  it('reports what this platform cannot have as absent, without starting anything', async () => {
    const never = (): SessionHost => { throw new Error('started') }
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml'
    expect(await testDevice(foreign, 1, never)).toMatchObject({ state: 'absent', note: expect.stringContaining(process.platform) })
  })

  it('fails a device whose gradients are wrong', async () => {
    const host = new InlineHost()
    let lies = false
    const lying: SessionHost = {
      close: () => host.close(),
      ask: async (request, controls) => {
        if ('device' in request) lies = request.device === 'webgpu'
        const reply = await host.ask('device' in request ? { ...request, device: 'cpu' } : request, controls)
        if (request.type !== 'run' || !lies) return reply
        const tensors = Object.entries(reply as Record<string, ReturnType<typeof floatTensor>>)
        return Object.fromEntries(tensors.map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((value) => value * 1.1) }])) as typeof reply
      },
    }
    expect(await testDevice('webgpu', 1, () => lying)).toMatchObject({ state: 'failed', note: expect.stringContaining('10 %') })
  })

  it('fails a device whose process crashes, and says so', async () => {
    const { AppError } = await import('#contract/errors.ts')
    const crashing: SessionHost = { close: async () => undefined, ask: async () => { throw new AppError('engine-lost', 'signal SIGSEGV') } }
    expect(await testDevice('webgpu', 1, () => crashing)).toMatchObject({ state: 'failed', note: expect.stringContaining('crashed') })
  })

  it('finds NaN, missing numbers and differences', () => {
    const of = (...values: number[]) => ({ y: floatTensor([values.length], Float32Array.from(values)) })
    expect(differenceOf(of(3, 4), of(3, 4), ['y'])).toBe(0)
    expect(differenceOf(of(3, 4.5), of(3, 4), ['y'])).toBeCloseTo(0.1)
    expect(differenceOf(of(3, NaN), of(3, 4), ['y'])).toBeNaN()
    expect(differenceOf(of(NaN), of(NaN), ['y'])).toBeNaN()
    expect(differenceOf(of(3), of(3, 4), ['y'])).toBeNaN()
    expect(differenceOf(of(1), of(0), ['y'])).toBe(Infinity)
  })
})

describe('the choice of a device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-devices-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const fakes: Partial<Record<DeviceId, Device>> = { cpu: passed('cpu', 10), webgpu: passed('webgpu', 400), cuda: { id: 'cuda', title: 'CUDA', state: 'failed', note: 'no driver' } }
  function registryOf(known: Partial<Record<DeviceId, Device>>, recordFile?: string) {
    const tests: DeviceId[] = []
    const test = async (id: DeviceId): Promise<Device> => { tests.push(id); return known[id] ?? { id, title: id, state: 'absent', note: 'absent' } }
    return { tests, registry: new DeviceRegistry({ threads: 0, test, ...(recordFile ? { recordFile } : {}) }) }
  }

  it('prefers the fastest that passes: a software adapter loses to the CPU', async () => {
    expect(fastestOf([passed('cpu', 10), passed('webgpu', 400)])).toBe('cpu')
    expect(fastestOf([passed('cpu', 10), passed('webgpu', 2)])).toBe('webgpu')
    expect(fastestOf([passed('cpu', 10), { id: 'webgpu', title: '', state: 'failed', note: '', selfTestMs: 1 }])).toBe('cpu')
    expect(await registryOf(fakes).registry.choose('auto')).toEqual({ requested: 'auto', inUse: 'cpu' })
  })

  it('does not time the CPU where nothing else passed', async () => {
    const { registry, tests } = registryOf({})
    expect(await registry.choose('auto')).toEqual({ requested: 'auto', inUse: 'cpu' })
    expect(tests).not.toContain('cpu')
  })

  it('tests only what is asked for, and nothing for the CPU', async () => {
    const { registry, tests } = registryOf(fakes)
    expect(await registry.choose('cpu')).toEqual({ requested: 'cpu', inUse: 'cpu' })
    expect(tests).toEqual([])
    expect(await registry.choose('webgpu')).toEqual({ requested: 'webgpu', inUse: 'webgpu' })
    expect(tests).toEqual(['webgpu'])
  })

  it('falls back to the CPU and says why', async () => {
    expect(await registryOf(fakes).registry.choose('cuda')).toEqual({ requested: 'cuda', inUse: 'cpu', fallback: 'CUDA is not usable: no driver' })
  })

  it('tests once, again when asked, and not at all when a record is there', async () => {
    const recordFile = join(folder, 'devices.json')
    const first = registryOf(fakes, recordFile)
    await first.registry.list()
    await first.registry.list()
    expect(first.tests).toHaveLength(5)
    await first.registry.list(true)
    expect(first.tests).toHaveLength(10)
    const second = registryOf({}, recordFile)
    expect(await second.registry.choose('auto')).toMatchObject({ inUse: 'cpu' })
    expect((await second.registry.list()).find(({ id }) => id === 'cuda')).toMatchObject({ state: 'failed' })
    expect(second.tests).toEqual([])
  })

  it('ignores a record that is damaged or cannot be written', async () => {
    const { writeFileSync } = await import('node:fs')
    const recordFile = join(folder, 'damaged.json')
    writeFileSync(recordFile, '{"machine": ')
    const { registry, tests } = registryOf(fakes, recordFile)
    await registry.list()
    expect(tests).toHaveLength(5)
    expect(await registryOf(fakes, '/proc/none/devices.json').registry.list()).toHaveLength(5)
  })
})

await describeWithWebgpu('WebGPU', () => {
  it('passes its self-test, and says by how much it differs from the CPU', async () => {
    expect(await webgpuDevice()).toMatchObject({ state: 'passed', note: expect.stringMatching(/iffers from the CPU by \d/) })
  })
})
