import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import type { RunEvent } from '#contract/training.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import type { RunOptions } from '#engine/training/run.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
afterAll(() => runtime.dispose())
const folders: string[] = []
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }) })
const freshFolder = (): RunFolder => {
  const path = mkdtempSync(join(tmpdir(), 'phosphene-run-'))
  folders.push(path)
  return new RunFolder(path)
}

const points = (changes: Record<string, unknown> = {}): Recipe => Recipe.parse({
  version: 1, name: 'points', seed: 3, data: { kind: 'generator', name: 'points', options: {} }, net: { kind: 'notation', text: '16F-tanh-D0.1 2' }, epochs: 3, batch: 10,
  loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.01 }, ...changes,
})

async function train(recipe: Recipe, options: Partial<RunOptions> = {}): Promise<{ run: TrainingRun; events: RunEvent[]; folder: RunFolder }> {
  const events: RunEvent[] = []
  const folder = options.folder ?? freshFolder()
  const run = new TrainingRun({ runtime, recipe, folder, onEvent: (event) => events.push(event), ...options })
  await run.start()
  return { run, events, folder }
}

describe('a training run', () => {
  it('learns, and leaves its folder whole', async () => {
    const { run, events, folder } = await train(points())
    const { history, summary } = run.detail()
    expect(summary).toMatchObject({ state: 'done', epoch: 3 })
    expect(history.at(-1)!.validation.loss).toBeLessThan(history[0]!.validation.loss)
    expect(history.at(-1)!.validation.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(run.data!.parts.validation.length)
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(3)
    expect(readdirSync(folder.path)).toEqual(expect.arrayContaining(['run.json', 'recipe.json', 'history.json', 'report.json', 'model.onnx', 'steps.jsonl', 'checkpoints']))
    expect(readdirSync(folder.file('checkpoints'))).toEqual(['epoch-0001.safetensors', 'epoch-0002.safetensors', 'epoch-0003.safetensors'])
    expect(await folder.readSteps()).toHaveLength(3 * run.detail().stepsPerEpoch)
  })

  it('gives the same numbers for the same seed, and others for another', async () => {
    const losses = async (seed: number) => (await train(points({ seed }))).run.detail().steps.map(({ loss }) => loss)
    const first = await losses(3)
    expect(await losses(3)).toEqual(first)
    expect(await losses(4)).not.toEqual(first)
  })

  it('stopped in mid-epoch and gone on with, it gives the numbers of a run that was never stopped', async () => {
    const whole = await train(points())
    const folder = freshFolder()
    const stopAt = Math.floor(whole.run.detail().stepsPerEpoch * 1.5)
    const first: TrainingRun = new TrainingRun({ runtime, recipe: points(), folder, onEvent: () => { if (first.detail().steps.length >= stopAt) first.stop() } })
    first.setRate(0.01)
    const ended = first.start()
    // Every step is heard of through the pause that it grants.
    first.pause()
    for (let step = 0; step < stopAt; step++) { first.step(); await new Promise((resolve) => setTimeout(resolve, 3)) }
    first.stop()
    await ended
    expect(first.state).toBe('stopped')
    const from = await folder.newestCheckpoint()
    expect(from!.notes.step).toBeGreaterThan(0)
    const { run } = await train(points(), { folder, from, resumes: true })
    expect(run.detail().steps.map(({ loss }) => loss)).toEqual(whole.run.detail().steps.map(({ loss }) => loss))
    expect(run.detail().history.map(({ validation }) => validation)).toEqual(whole.run.detail().history.map(({ validation }) => validation))
  })

  it('makes one step at a time while paused, and takes a new rate at the next', async () => {
    const events: RunEvent[] = []
    const folder = freshFolder()
    const run = new TrainingRun({ runtime, recipe: points({ epochs: 50 }), folder, onEvent: (event) => events.push(event) })
    run.pause()
    const ended = run.start()
    await until(() => run.state === 'paused')
    expect(run.detail().steps).toHaveLength(0)
    run.step()
    await until(() => run.detail().steps.length === 1 && run.state === 'paused')
    run.setRate(0.5)
    run.step()
    await until(() => run.detail().steps.length === 2)
    expect(run.detail().steps.map(({ rate }) => rate)).toEqual([0.01, 0.5])
    run.stop()
    await ended
    expect(run.state).toBe('stopped')
  })

  it('stops before the weights are spoiled when the loss is no number', async () => {
    const { run, folder } = await train(points({ net: { kind: 'notation', text: '16F 16F 16F 2' }, optimizer: { kind: 'sgd', rate: 1e30 }, epochs: 2 }))
    expect(run.state).toBe('failed')
    expect(run.summary().error).toMatch(/Training stopped before the weights were spoiled/)
    const checkpoint = await folder.newestCheckpoint()
    for (const [name, { data }] of checkpoint!.tensors) expect(data.every(Number.isFinite), name).toBe(true)
  })

  it('goes on from the checkpoint before one that is damaged', async () => {
    const { folder } = await train(points())
    truncateSync(join(folder.path, 'checkpoints', 'epoch-0003.safetensors'), 700)
    expect((await folder.newestCheckpoint())?.notes.epoch).toBe(2)
    const { run } = await train(points(), { folder, from: await folder.newestCheckpoint(), resumes: true })
    expect(run.detail().history.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
  })

  it('says that a folder cannot be written', async () => {
    const parent = freshFolder()
    writeFileSync(join(parent.path, 'file'), '')
    const { run } = await train(points(), { folder: new RunFolder(join(parent.path, 'file', 'run')) })
    expect(run.summary()).toMatchObject({ state: 'failed', error: expect.stringContaining('cannot be written') as string })
  })

  it('answers a regression in its own units, raw numbers in', async () => {
    const { run, folder } = await train(Recipe.parse({ ...points(), name: 'km', data: { kind: 'generator', name: 'kilometres', options: {} }, net: { kind: 'notation', text: '1' }, loss: { kind: 'squared-error' }, optimizer: { kind: 'sgd', rate: 0.1 }, epochs: 20 }))
    expect(run.detail().history.at(-1)!.validation.score).toBeGreaterThan(0.99)
    const session = await runtime.open({ kind: 'bytes', bytes: new Uint8Array(readFileSync(folder.file('model.onnx'))) })
    const [output = ''] = session.outputNames
    const { [output]: miles } = await session.run({ [session.inputNames[0] ?? '']: floatTensor([2, 1], Float32Array.of(10, 100)) })
    await session.dispose()
    expect(Number(miles!.data[0])).toBeCloseTo(6.214, 0)
    expect(Number(miles!.data[1])).toBeCloseTo(62.14, 0)
    expect((await loadModel(folder.file('model.onnx'))).metadata.get('inputs')).toBe(JSON.stringify(['kilometres']))
  })

  it.each([
    ['another number of outputs', { net: { kind: 'notation', text: '8F 5' } }, /ends in 5 outputs; the data has 2 classes/],
    ['a token that is none', { net: { kind: 'notation', text: '8F Q 2' } }, /'Q' at position 4/],
    ['numbers for classes', { loss: { kind: 'cross-entropy' }, data: { kind: 'generator', name: 'kilometres', options: {} } }, /is for classes/],
  ])('refuses %s with what to do', async (_, changes, message) => {
    expect((await train(points(changes))).run.summary().error).toMatch(message)
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 10_000) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
