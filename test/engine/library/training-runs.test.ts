import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import type { RunEvent } from '#contract/training.ts'
import { createTrainingRuns } from '#engine/library/training-runs.ts'
import type { TrainingRuns } from '#engine/library/training-runs.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { activationsAt, answersAt, kernelsAt, numbersAt } from '#engine/training/replay.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
const root = mkdtempSync(join(tmpdir(), 'phosphene-runs-'))
afterAll(async () => {
  await runtime.dispose()
  rmSync(root, { recursive: true, force: true })
})
let runs: TrainingRuns
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(root, 'runs-'))
  runs = createTrainingRuns({ runtime, folder })
})

const recipe = (changes: Record<string, unknown> = {}): Recipe => Recipe.parse({
  version: 1, name: 'points', seed: 3, data: { kind: 'generator', name: 'points', options: {} }, net: { kind: 'notation', text: '12F-tanh 2' }, epochs: 3, batch: 10,
  loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.01 }, ...changes,
})

async function watched(id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of runs.watch(id, undefined)) events.push(event)
  return events
}

describe('training runs', () => {
  it('are started, watched to their end, and read from disk by another engine', async () => {
    const { id } = await runs.start(recipe())
    const events = await watched(id)
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(3)
    expect(events.findLast((event) => event.type === 'state')).toMatchObject({ summary: { state: 'done' } })
    const live = await runs.detail(id)
    const other = createTrainingRuns({ runtime, folder })
    const read = await other.detail(id)
    expect(read.history).toEqual(live.history)
    expect(read.steps).toEqual(live.steps)
    expect(read.net.layers.map((layer) => layer.id)).toEqual(['dense1', 'dense2'])
    expect(await other.list()).toMatchObject([{ id, state: 'done', epoch: 3 }])
  })

  it('whose engine died are interrupted, and go on', async () => {
    const { id } = await runs.start(recipe({ epochs: 2 }))
    await watched(id)
    // As a process that was killed in its third epoch leaves it.
    const at = (name: string): string => join(folder, id, name)
    writeFileSync(at('run.json'), JSON.stringify({ ...JSON.parse(readFileSync(at('run.json'), 'utf8')) as object, state: 'running' }))
    writeFileSync(at('recipe.json'), JSON.stringify(recipe({ epochs: 4 })))
    const other = createTrainingRuns({ runtime, folder })
    expect(await other.list()).toMatchObject([{ id, state: 'interrupted' }])
    runs = other
    await other.resume(id)
    await watched(id)
    expect((await other.detail(id)).history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
  })

  it('that go on are judged by all that they did: a fault of the first step is still named', async () => {
    const zero = recipe({ epochs: 2, initialization: 'zero', net: { kind: 'notation', text: '12F 12F 2' } })
    const { id } = await runs.start(zero)
    await watched(id)
    const named = async (): Promise<string[]> => (await runs.detail(id)).findings.map(({ rule }) => rule)
    expect(await named()).toContain('poor-initialization')
    writeFileSync(join(folder, id, 'recipe.json'), JSON.stringify({ ...zero, epochs: 4 }))
    await runs.resume(id)
    await watched(id)
    expect((await runs.detail(id)).history).toHaveLength(4)
    expect(await named()).toContain('poor-initialization')
  })

  it('are shown as they were at any epoch', async () => {
    const { id } = await runs.start(recipe())
    await watched(id)
    const at = await runs.folder(id)
    const [first, last] = [await kernelsAt(at, 0, 'dense1'), await kernelsAt(at, 3, 'dense1')]
    expect(first.dims).toEqual([12, 2, 1, 1])
    expect(last.data).not.toEqual(first.data)
    const { predicted, parts, classOf } = await answersAt(at, runs.load, 3)
    const right = predicted.filter((answer, row) => answer === classOf[parts.validation[row]!]).length
    expect(right / predicted.length).toBeCloseTo((await runs.detail(id)).history[2]!.validation.score, 6)
    expect((await activationsAt(runtime, at, runs.load, { epoch: 3, layer: 'dense1', example: 0 })).dims).toEqual([12])
    await expect(kernelsAt(at, 3, 'dense9')).rejects.toThrow(/There is no layer 'dense9'/)
  })

  it('that answer with numbers are compared with what was right, in the data’s own units', async () => {
    const { id } = await runs.start(recipe({ data: { kind: 'generator', name: 'sensors', options: { count: 9000 } }, net: { kind: 'notation', text: '1' }, loss: { kind: 'squared-error' }, epochs: 2 }))
    await watched(id)
    const { columns, actual, predicted } = await numbersAt(await runs.folder(id), runs.load, 2)
    expect(columns).toHaveLength(1)
    // 2250 are held out: every second one is kept.
    expect(actual).toHaveLength(1125)
    const mean = actual.reduce((sum, value) => sum + value, 0) / actual.length
    const residual = actual.reduce((sum, value, row) => sum + (value - predicted[row]!) ** 2, 0)
    const score = 1 - residual / actual.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(score).toBeCloseTo((await runs.detail(id)).history[1]!.validation.score, 1)
    expect(mean).toBeGreaterThan(10)
    const classes = await runs.start(recipe({ epochs: 1 }))
    await watched(classes.id)
    await expect(runs.folder(classes.id).then((at) => numbersAt(at, runs.load, 1))).rejects.toThrow(/answers with classes/)
  })

  it('branch from an epoch with another recipe, and leave their parent as it is', async () => {
    const { id } = await runs.start(recipe())
    await watched(id)
    const branch = await runs.branch(id, 2, recipe({ epochs: 4, optimizer: { kind: 'adam', rate: 0.001 } }))
    await watched(branch.id)
    const detail = await runs.detail(branch.id)
    expect(detail.summary).toMatchObject({ parent: id, state: 'done' })
    expect(detail.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
    expect(detail.history[1]).toEqual((await runs.detail(id)).history[1])
    expect(detail.steps[0]!.rate).toBe(0.001)
    expect(readFileSync(join(folder, branch.id, 'model.onnx')).length).toBeGreaterThan(0)
    expect((await runs.detail(id)).history).toHaveLength(3)
  })

  it('are renamed, stopped and removed', async () => {
    const { id } = await runs.start(recipe({ epochs: 100_000 }))
    const events = watched(id)
    await runs.rename(id, 'another name')
    await runs.control(id, { action: 'stop' })
    await events
    expect(await runs.list()).toMatchObject([{ id, name: 'another name', state: 'stopped' }])
    await runs.remove(id)
    expect(await runs.list()).toEqual([])
    await expect(runs.detail(id)).rejects.toThrow(/There is no run/)
    await expect(runs.detail('../elsewhere')).rejects.toThrow(/There is no run/)
  })

  it('suggest a rate at which the loss falls', async () => {
    const { rates, losses, suggested } = await runs.testRates(recipe(), undefined)
    expect(rates.length).toBe(losses.length)
    expect(suggested).toBeGreaterThan(1e-5)
    expect(suggested).toBeLessThan(1)
  })
})
