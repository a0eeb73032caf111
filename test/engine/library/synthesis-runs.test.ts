import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeaturesRecipe } from '#contract/features.ts'
import type { SynthesisEvent, SynthesisRun } from '#contract/synthesis.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import { bytesOf, failureOf, openTestEngine } from '../../support/engine-client.ts'
import type { TestEngine } from '../../support/engine-client.ts'

let dataFolder: string
let engine: TestEngine
let model: string

async function openEngine(): Promise<void> {
  engine = await openTestEngine({ dataFolder })
}

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'phosphene-synthesis-'))
  await openEngine()
  const [sample] = await engine.client.models.samples()
  model = (await engine.client.models.open({ source: { kind: 'sample', id: sample!.id } })).model
})
afterAll(async () => {
  await engine.dispose()
  rmSync(dataFolder, { recursive: true, force: true })
})

const recipeOf = (units: readonly number[], steps: number, more: Partial<FeaturesRecipe['settings']> = {}): FeaturesRecipe => ({
  kind: 'features', seed: 5, model: { sha256: model, name: 'phosphene-24' },
  settings: { targets: units.map((unit) => ({ name: `unit-${unit}`, title: `Unit ${unit}`, terms: [{ id: 'channel', weight: 1, layer: 'conv2', unit }] })), parameterisation: 'fourier', optimiser: 'adam', steps, batch: 1, alpha: false, size: 64, ...more },
})

async function eventsOf(run: string, until: (event: SynthesisEvent) => boolean = () => false): Promise<SynthesisEvent[]> {
  const heard: SynthesisEvent[] = []
  for await (const event of await engine.client.synthesis.watch({ run })) {
    heard.push(event)
    if (until(event)) break
  }
  return heard
}
const finished = async (run: string): Promise<SynthesisRun> => {
  const last = (await eventsOf(run)).findLast((event) => event.type === 'state')
  return last!.run
}
const resultOf = async (run: string, item: string): Promise<Uint8Array> => bytesOf((await engine.client.synthesis.result({ run, item, format: 'original' })).data)

describe('a run of a synthesis', () => {
  it('tells its progress, shows pictures in the making and those that are done, and ends', async () => {
    const { id, forecast, device } = await engine.client.synthesis.start({ recipe: recipeOf([0, 1], 40) })
    expect(forecast!.seconds).toBeGreaterThan(0)
    expect(device).toBe('cpu')
    const events = await eventsOf(id)
    expect(events[0]!.type).toBe('state')
    expect(events.filter((event) => event.type === 'progress').at(-1)).toMatchObject({ progress: { step: 80, steps: 80, label: 'Unit 1 (2 of 2)' } })
    expect(events.filter((event) => event.type === 'item').map(({ item }) => item.name)).toEqual(['unit-0', 'unit-1'])
    expect(events.filter((event) => event.type === 'preview').every(({ width, png }) => width === 64 && png[1] === 0x50)).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'state', run: { state: 'done' } })
    // Watched again afterwards, it says the same of its end.
    const again = await eventsOf(id)
    expect(again.filter((event) => event.type === 'item')).toHaveLength(2)
  })

  it('carries the recipe that makes one picture alone, which makes the same pixels', async () => {
    const { id } = await engine.client.synthesis.start({ recipe: recipeOf([3, 4], 12) })
    await finished(id)
    const png = await resultOf(id, 'unit-4')
    const recipe = readRecipe(png) as FeaturesRecipe & { result: string }
    expect(recipe.settings.targets.map(({ name }) => name)).toEqual(['unit-4'])
    expect(recipe.result).toBe('unit-4')
    expect(JSON.stringify(recipe)).not.toContain(dataFolder)
    const { id: alone } = await engine.client.synthesis.start({ recipe })
    await finished(alone)
    expect(await resultOf(alone, 'unit-4')).toEqual(png)
  })

  it('waits while it is paused, is branched with other settings, and both are made again alike', async () => {
    const { id } = await engine.client.synthesis.start({ recipe: recipeOf([2], 4000) })
    await eventsOf(id, (event) => event.type === 'progress' && event.progress.step >= 3)
    await engine.client.synthesis.control({ run: id, action: 'pause' })
    await eventsOf(id, (event) => event.type === 'state' && event.run.checkpoints.length > 0)
    const held = (await engine.client.synthesis.list({})).find((run) => run.id === id)!
    expect(held.state).toBe('paused')
    const step = held.checkpoints.at(-1)!
    await new Promise((resolve) => setTimeout(resolve, 60))
    const settings = recipeOf([2], step + 6, { rate: 0.2 }).settings
    const { id: branch, from } = await engine.client.synthesis.start({ recipe: { ...recipeOf([2], 0 + 4000), settings }, from: { run: id, step } })
    expect(from).toEqual({ run: id, step })
    const ended = await finished(branch)
    expect(ended.state).toBe('done')
    expect(ended.recipe.changes).toMatchObject([{ step: step + 1, settings: { rate: 0.2 } }])
    const { id: whole } = await engine.client.synthesis.start({ recipe: ended.recipe })
    await finished(whole)
    expect(await resultOf(whole, 'unit-2')).toEqual(await resultOf(branch, 'unit-2'))
    const stopped = Date.now()
    await engine.client.synthesis.control({ run: id, action: 'cancel' })
    expect(Date.now() - stopped).toBeLessThan(1000)
  })

  it('goes on after the engine was gone, as if nothing had been', async () => {
    const { id: reference } = await engine.client.synthesis.start({ recipe: recipeOf([6], 200) })
    await finished(reference)
    const { id } = await engine.client.synthesis.start({ recipe: recipeOf([6], 200) })
    await eventsOf(id, (event) => event.type === 'progress' && event.progress.step >= 5)
    await engine.client.synthesis.control({ run: id, action: 'pause' })
    await eventsOf(id, (event) => event.type === 'state' && event.run.checkpoints.length > 0)
    await engine.dispose()
    await openEngine()
    const before = (await engine.client.synthesis.list({ kind: 'features' })).find((run) => run.id === id)!
    expect(before.state).toBe('interrupted')
    // The model is found again by what it holds.
    await engine.client.synthesis.control({ run: id, action: 'resume' })
    expect((await finished(id)).state).toBe('done')
    expect(await resultOf(id, 'unit-6')).toEqual(await resultOf(reference, 'unit-6'))
  })

  it('fails in words, and is removed with what it made', async () => {
    expect(await failureOf(engine.client.synthesis.start({ recipe: { ...recipeOf([0], 4), model: { sha256: 'f'.repeat(64), name: 'lost.onnx' } } }))).toMatchObject({ code: 'file-missing', message: expect.stringMatching(/‘lost.onnx’ is not known here/) as string })
    const { id } = await engine.client.synthesis.start({ recipe: { ...recipeOf([0], 4), settings: { ...recipeOf([0], 4).settings, targets: [{ name: 'a', title: 'A', terms: [{ id: 'channel', weight: 1, layer: 'attic', unit: 0 }] }] } } }).catch((error: unknown) => { expect(String(error)).toMatch(/no layer 'attic'/); return { id: '' } })
    expect(id).toBe('')
    const { id: done } = await engine.client.synthesis.start({ recipe: recipeOf([0], 2) })
    await finished(done)
    expect(await failureOf(engine.client.synthesis.result({ run: done, item: 'unit-9' }))).toMatchObject({ code: 'not-found', message: expect.stringMatching(/has no result 'unit-9'.*'unit-0'/) as string })
    await engine.client.synthesis.remove({ run: done })
    expect((await engine.client.synthesis.list({})).some((run) => run.id === done)).toBe(false)
  })
})
