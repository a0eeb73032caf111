/** How long a run will take, from passes of the model now and from what runs before it took. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { defineWork } from '#engine/synthesis/define-work.ts'
import type { WorkPlace } from '#engine/synthesis/define-work.ts'
import { DreamSettings } from '#contract/dream.ts'
import { openForecaster } from '#engine/synthesis/forecast.ts'

const folders: string[] = []
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })
const freshFolder = (): string => { folders.push(mkdtempSync(join(tmpdir(), 'phosphene-pace-'))); return folders.at(-1)! }

/** Of 100 passes. */
const work = defineWork<DreamSettings>({ kind: 'dream', settings: DreamSettings, title: () => 'made', estimate: () => ({ passes: 100, bytes: 5 }), run: () => Promise.resolve() })
const recipeOf = (model: string): SynthesisRecipe => ({ kind: 'dream', model: { sha256: model, name: model }, seed: 0, settings: DreamSettings.parse({ picture: { sha256: '', name: '' } }) })
/** A model of which a pass takes that long, or that cannot be run. */
const placeOf = (passMs: number | null): WorkPlace => ({
  runtime: { device: () => Promise.resolve({ requested: 'cpu', inUse: 'cpu' }) },
  network: { inputs: [], outputs: ['y'], forward: (_feeds: unknown, _names: unknown, options?: { readonly onRan?: (ms: number) => void }) => {
    if (passMs === null) return Promise.reject(new Error('no'))
    options?.onRan?.(passMs)
    return Promise.resolve({})
  } },
}) as unknown as WorkPlace

describe('a forecast', () => {
  it('is that of so many forward passes where nothing was run yet', async () => {
    const forecaster = await openForecaster(freshFolder())
    expect(await forecaster.forecast(work, recipeOf('a'), placeOf(10), {})).toEqual({ seconds: expect.closeTo(1, 6) as number, bytes: 5, basis: 'by a forward pass of the model' })
    expect(await forecaster.forecast(work, recipeOf('a'), placeOf(null), {})).toMatchObject({ seconds: null })
  })

  it('learns from what happened, also from a part of it, and is kept', async () => {
    const folder = freshFolder()
    const forecaster = await openForecaster(folder)
    await forecaster.learn(work, recipeOf('a'), placeOf(10), {}, { seconds: 4, share: 0.5 })
    const later = await openForecaster(folder)
    expect(await later.forecast(work, recipeOf('a'), placeOf(10), {})).toMatchObject({ seconds: expect.closeTo(8, 6) as number, basis: expect.stringMatching(/^by 1 run like it/) as string })
    expect(await later.forecast(work, recipeOf('b'), placeOf(20), {})).toMatchObject({ seconds: expect.closeTo(16, 6) as number, basis: expect.stringMatching(/1 run of other models/) as string })
  })

  it('grows with what a pass takes now, on a machine that has become busy', async () => {
    const forecaster = await openForecaster(freshFolder())
    await forecaster.learn(work, recipeOf('a'), placeOf(10), {}, { seconds: 4, share: 1 })
    expect((await forecaster.forecast(work, recipeOf('a'), placeOf(30), {})).seconds).toBeCloseTo(12, 6)
  })
})
