import { afterEach, describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime, RuntimeOptions } from '#engine/runtime/runtime.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { affine, ascent, cached, slow, slowInput } from './models.ts'

const open: Runtime[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((runtime) => runtime.dispose())) })
function runtimeOf(options: RuntimeOptions = {}): Runtime {
  const runtime = createRuntime({ device: 'cpu', threads: 1, ...options })
  open.push(runtime)
  return runtime
}
const bytesOf = (model: ReturnType<typeof affine>) => ({ kind: 'bytes', bytes: writeModel(model) }) as const
const x = floatTensor([1, 4], Float32Array.of(1, 2, 3, 4))

describe.each(['worker', 'inline'] as const)('a runtime whose sessions live in %s', (host) => {
  it('runs a model and returns the outputs asked for', async () => {
    const session = await runtimeOf({ host }).open(bytesOf(affine()))
    expect(session).toMatchObject({ inputNames: ['x'], outputNames: ['y', 'z'], device: 'cpu' })
    const all = await session.run({ x })
    expect([...all['y']!.data]).toEqual([3, 5, 7, 9])
    expect(all['z']!.data[0]).toBe(24)
    expect(Object.keys(await session.run({ x }, ['z', 'z']))).toEqual(['z'])
    expect([...x.data]).toEqual([1, 2, 3, 4])
    await session.dispose()
  })

  it('says which input is missing, unknown or of the wrong shape, and which output does not exist', async () => {
    const session = await runtimeOf({ host }).open(bytesOf(affine()))
    await expect(session.run({})).rejects.toMatchObject({ code: 'input-required', message: expect.stringContaining("'x'") })
    await expect(session.run({ x, w: x })).rejects.toMatchObject({ code: 'tensor-missing', message: expect.stringContaining("'w'") })
    await expect(session.run({ x }, ['q'])).rejects.toMatchObject({ code: 'tensor-missing', message: expect.stringContaining("'q'") })
    await expect(session.run({ x: floatTensor([1, 3], new Float32Array(3)) })).rejects.toMatchObject({ code: 'shape-mismatch' })
    expect((await session.run({ x }))['z']!.data[0]).toBe(24)
  })

  it('refuses what is not a model with a code and words for people', async () => {
    const runtime = runtimeOf({ host })
    await expect(runtime.open({ kind: 'bytes', bytes: new TextEncoder().encode('hello, I am a text') })).rejects.toMatchObject({ code: 'model-unreadable' })
    await expect(runtime.open({ kind: 'path', path: '/nowhere/model.onnx' })).rejects.toMatchObject({ code: 'file-missing' })
  })

  it('drops a queued run at once when it is cancelled, and the next run works', async () => {
    const session = await runtimeOf({ host }).open(bytesOf(affine()))
    const controller = new AbortController()
    const running = session.run({ x })
    const queued = session.run({ x }, undefined, { signal: controller.signal })
    controller.abort()
    await expect(queued).rejects.toMatchObject({ code: 'cancelled' })
    await running
    expect((await session.run({ x }))['z']!.data[0]).toBe(24)
  })

  it('reuses the cached session of a key, and makes it anew after a drop', async () => {
    const runtime = runtimeOf({ host })
    let built = 0
    const use = (key: string) => runtime.use(key, () => { built++; return cached(affine()) }, (session) => session.run({ x }, ['z']))
    await use('net/forward'); await use('net/forward')
    expect(built).toBe(1)
    await runtime.drop('other')
    await use('net/forward')
    expect(built).toBe(1)
    await runtime.drop('net/')
    expect((await use('net/forward'))['z']!.data[0]).toBe(24)
    expect(built).toBe(2)
  })

  it('keeps state from step to step', async () => {
    const size = 1000
    const steps = await runtimeOf({ host }).openSteps(ascent(size), { loop: { s: 'next' }, initial: { s: floatTensor([size], new Float32Array(size)) } })
    const goal = floatTensor([size], new Float32Array(size).fill(8))
    const values: number[] = []
    for (let step = 0; step < 3; step++) values.push(Number((await steps.step({ goal }, ['f']))['f']!.data[0]))
    expect(values).toEqual([-0.5 * size * 16, -0.5 * size * 4, -0.5 * size])
    expect((await steps.readState())['s']!.data[size - 1]).toBe(7)
    const state = (await steps.readState(['s']))['s']!
    await steps.step({ goal }, [])
    expect(state.data[0]).toBe(7)
    expect((await steps.readState())['s']!.data[0]).toBe(7.5)
    const written = floatTensor([size], new Float32Array(size).fill(4))
    await steps.writeState({ s: written })
    await steps.step({ goal }, [])
    expect((await steps.readState())['s']!.data[0]).toBe(6)
    expect(written.data[0]).toBe(4)
    await expect(steps.writeState({ goal })).rejects.toMatchObject({ code: 'tensor-missing' })
    await steps.dispose()
  })

  it('refuses to feed state or to start without it', async () => {
    const runtime = runtimeOf({ host })
    const zero = floatTensor([4], new Float32Array(4))
    await expect(runtime.openSteps(ascent(), { loop: { s: 'next' }, initial: {} })).rejects.toMatchObject({ code: 'input-required' })
    const steps = await runtime.openSteps(ascent(), { loop: { s: 'next' }, initial: { s: zero } })
    await expect(steps.step({ goal: zero, s: zero })).rejects.toMatchObject({ code: 'tensor-missing' })
    await expect(steps.readState(['goal'])).rejects.toMatchObject({ code: 'tensor-missing' })
  })
})

describe('a runtime over a worker thread', () => {
  it('leaves this thread free while a model runs', async () => {
    const session = await runtimeOf().open(bytesOf(slow()))
    const feeds = { x: slowInput() }
    await session.run(feeds)
    let ticks = 0
    const timer = setInterval(() => { ticks++ }, 1)
    const start = performance.now()
    await session.run(feeds)
    const ms = performance.now() - start
    clearInterval(timer)
    // Blocked, it would tick once or never; a busy machine may drop most ticks, never nearly all.
    expect(ticks).toBeGreaterThan(Math.min(5, ms / 10))
  })

  it('rejects a running call at once when it is cancelled', async () => {
    const session = await runtimeOf().open(bytesOf(slow(448)))
    const feeds = { x: slowInput(448) }
    const began = performance.now()
    await session.run(feeds)
    const whole = performance.now() - began
    const controller = new AbortController()
    setTimeout(() => controller.abort(), whole / 4)
    const start = performance.now()
    await expect(session.run(feeds, undefined, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - start).toBeLessThan(whole * 0.8)
    expect((await session.run(feeds))['z']!.dims).toEqual([1, 1, 1, 1])
  })

  it('runs lanes side by side', async () => {
    const runtime = runtimeOf()
    const background = await runtime.open(bytesOf(slow(448)), { lane: 'training' })
    const quick = await runtime.open(bytesOf(affine()))
    const order: string[] = []
    await Promise.all([
      background.run({ x: slowInput(448) }).then(() => order.push('slow')),
      quick.run({ x }).then(() => order.push('quick')),
    ])
    expect(order).toEqual(['quick', 'slow'])
  })

  it('takes the bytes that are given to it and copies the others', async () => {
    const runtime = runtimeOf()
    const kept = writeModel(affine())
    await runtime.open({ kind: 'bytes', bytes: kept })
    expect(kept.byteLength).toBeGreaterThan(0)
    const given = kept.slice()
    await runtime.open({ kind: 'bytes', bytes: given, owned: true })
    expect(given.byteLength).toBe(0)
  })
})

describe('session memory', () => {
  const residentMegabytes = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024

  // Linux only: elsewhere there is no /proc to read.
  it.runIf(process.platform === 'linux')('does not grow over 500 runs', { timeout: 120_000 }, async () => {
    const session = await runtimeOf().open(bytesOf(slow(56, 16)))
    const feeds = { x: slowInput(56, 16) }
    for (let run = 0; run < 100; run++) await session.run(feeds)
    const before = residentMegabytes()
    for (let run = 0; run < 500; run++) await session.run(feeds)
    // 500 inputs of 200 kB are 100 MB: a leak of any of them shows.
    expect(residentMegabytes() - before).toBeLessThan(40)
  })

  it.runIf(process.platform === 'linux')('gives its weights back when it is disposed', { timeout: 120_000 }, async () => {
    const runtime = runtimeOf()
    const model = slow(8, 512)
    const cycle = async () => {
      const session = await runtime.open({ kind: 'bytes', bytes: writeModel(model), owned: true })
      await session.run({ x: slowInput(8, 512) })
      await session.dispose()
    }
    for (let count = 0; count < 3; count++) await cycle()
    const before = residentMegabytes()
    // 20 sessions of 9.4 MB of weights, held at least twice while open.
    for (let count = 0; count < 20; count++) await cycle()
    expect(residentMegabytes() - before).toBeLessThan(90)
  })
})
