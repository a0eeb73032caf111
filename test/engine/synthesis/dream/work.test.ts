/** Dreams as they are run by the application, the command line and replay: through the executor of works. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DreamRecipe, DreamSettings } from '#contract/dream.ts'
import { isAppError } from '#contract/errors.ts'
import { encodeAnimation, decodeAnimation } from '#engine/images/animation.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { encodePng } from '#engine/images/encode.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { pixelsOfDisplay } from '#engine/preprocessing/apply.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { Checkpoint } from '#engine/synthesis/define-work.ts'
import { checkSettings, findWork } from '#engine/synthesis/work-registry.ts'
import { WorkRun } from '#engine/synthesis/work-run.ts'
import type { MadeItem, WorkResources } from '#engine/synthesis/work-run.ts'
import { texture } from '../../../support/small-dream.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
const files = new Map<string, Uint8Array>()
const work = findWork('dream')
let network: Network
let resources: WorkResources

beforeAll(async () => {
  network = await openNetwork(fileURLToPath(new URL('../../../../resources/models/phosphene-24.onnx', import.meta.url)), { runtime })
  const { preprocessing } = (await initialRecord(network, {}))!
  resources = { runtime, file: (reference) => Promise.resolve(files.get(reference.sha256)!), model: () => Promise.resolve({ network, preprocessing, release: () => undefined }) }
  files.set('owl', new Uint8Array(readFileSync(fileURLToPath(new URL('../../../../resources/pictures/owl.png', import.meta.url)))))
  files.set('film', await encodeAnimation({ frames: [1, 2].map((seed) => pixelsOfDisplay(texture(48, 64, seed))), delays: [60, 100] }, 'gif'))
  files.set('dot', await encodePng(pixelsOfDisplay(texture(1, 1, 1))))
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

const recipeOf = (settings: Partial<DreamSettings>, seed = 3) => DreamRecipe.parse({ kind: 'dream', model: { sha256: network.id, name: 'phosphene-24.onnx' }, seed, settings: DreamSettings.parse({ picture: { sha256: 'owl', name: 'owl.png' }, size: 120, steps: 3, octaves: 2, ...settings }) })

async function run(recipe: DreamRecipe, options: { readonly from?: Checkpoint; readonly pauseAt?: number; readonly change?: { readonly at: number; readonly settings: Partial<DreamSettings> } } = {}) {
  const items = new Map<string, MadeItem>()
  const checkpoints: Checkpoint[] = []
  const steps: number[] = []
  const shares: number[] = []
  let changed = false
  const current: WorkRun = new WorkRun({ work, recipe, resources, version: '0.0.0', from: options.from, leastProgressMs: 0, sink: {
    onItem: (made) => { items.set(made.item.name, made) },
    onCheckpoint: (checkpoint) => { checkpoints.push({ ...checkpoint, tensors: new Map([...checkpoint.tensors].map(([name, tensor]) => [name, { dims: tensor.dims, data: tensor.data.slice() }])) }) },
    onProgress: ({ step, share }) => { steps.push(step); shares.push(share); if (step === options.pauseAt) current.pause(); if (options.change && step >= options.change.at && !changed) { changed = true; current.change({ ...recipe.settings, ...options.change.settings }) } },
    onPaused: (paused) => { if (paused) setTimeout(() => current.resume(), 30) },
  } })
  await current.run()
  return { items, checkpoints, steps, shares, recipe: current.recipe }
}
const pixelsIn = async ({ items }: Awaited<ReturnType<typeof run>>, name = 'dream') => (await decodePicture(items.get(name)!.bytes, name)).data

describe('a dream that is run', () => {
  it('carries its recipe, from which it is made again to the same pixels', async () => {
    const first = await run(recipeOf({ balance: 1, natural: 0.5, originalColors: true, guide: { sha256: 'owl', name: 'owl.png' }, smoothing: 0.5, pyramid: 2 }))
    const recipe = readRecipe(first.items.get('dream')!.bytes)
    const again = await run(DreamRecipe.parse(recipe))
    expect(again.items.get('dream')!.bytes).toEqual(first.items.get('dream')!.bytes)
    expect(first.items.get('dream')!.item).toMatchObject({ width: 120, height: 120, deep: true, facts: { octaves: 2, layers: ['mixed5'] } })
  })
  it('tells how much of its work is done by the pixels that it looked at, not by steps', async () => {
    const { shares } = await run(recipeOf({ size: 140 }))
    const [small, large] = [100 ** 2, 140 ** 2]
    const all = 3 * (small + large)
    expect(shares).toEqual([small, 2 * small, 3 * small, 3 * small + large, 3 * small + 2 * large, all].map((done) => expect.closeTo(done / all, 10) as number))
    const film = await run(recipeOf({ octaves: 1, zoom: { frames: 3, share: 0.1, steps: 1 } }))
    expect(film.shares).toEqual([1, 2, 3, 4, 5].map((done) => expect.closeTo(done / 5, 10) as number))
  })
  it('goes on from where it was paused, after a restart as well, to the same pixels', async () => {
    const whole = await run(recipeOf({}))
    const paused = await run(recipeOf({}), { pauseAt: 4 })
    expect(await pixelsIn(paused)).toEqual(await pixelsIn(whole))
    expect(paused.checkpoints.map(({ step }) => step)).toContain(4)
    const resumed = await run(recipeOf({}), { from: paused.checkpoints.find(({ step }) => step === 4)! })
    expect(await pixelsIn(resumed)).toEqual(await pixelsIn(whole))
  })
  it('remembers what was changed on the way, and is made again with it', async () => {
    const steered = await run(recipeOf({}), { change: { at: 1, settings: { stepSize: 4, octaves: 1 } } })
    expect(steered.recipe.changes?.[0]).toMatchObject({ settings: { stepSize: 4 } })
    expect(await pixelsIn(steered)).not.toEqual(await pixelsIn(await run(recipeOf({}))))
    expect(await pixelsIn(await run(DreamRecipe.parse(readRecipe(steered.items.get('dream')!.bytes))))).toEqual(await pixelsIn(steered))
  })
  it('dreams every frame of an animation, and keeps their times', async () => {
    const { items } = await run(recipeOf({ picture: { sha256: 'film', name: 'film.gif' }, size: 64, carry: 0.5, formats: ['gif', 'webp'] }))
    const made = await decodeAnimation(items.get('film-gif')!.bytes, 'film')
    expect(made.delays).toEqual([60, 100])
    expect(made.frames.map(({ width, height }) => [width, height])).toEqual([[64, 48], [64, 48]])
    expect([...items.keys()].sort()).toEqual(['dream', 'film', 'film-gif'])
  })
  it('zooms frame by frame, and goes on in the middle of a film', async () => {
    const settings = { size: 96, zoom: { frames: 3, share: 0.1, steps: 2 } }
    const whole = await run(recipeOf(settings), { pauseAt: 8 })
    expect((await decodeAnimation(whole.items.get('film')!.bytes, 'film')).frames).toHaveLength(3)
    // 3 steps in 2 octaves, then 2 in 2, twice: the eighth is in the second frame.
    const resumed = await run(recipeOf(settings), { from: whole.checkpoints.find(({ step }) => step === 8)! })
    expect(resumed.items.get('film')!.bytes).toEqual(whole.items.get('film')!.bytes)
  })
  it('is estimated by its pixels and steps', async () => {
    const place = { runtime, network, display: { preprocessing: (await resources.model({ sha256: '', name: '' })).preprocessing }, seed: 0, signal: new AbortController().signal, file: resources.file, picture: () => Promise.reject(new Error('unused')), model: resources.model }
    const one = await work.estimate(place, recipeOf({ steps: 5 }).settings)
    const two = await work.estimate(place, recipeOf({ steps: 10 }).settings)
    expect(two.passes).toBeCloseTo(2 * one.passes, 6)
    expect(one.bytes).toBeGreaterThan(0)
  })
})

describe('a dream that cannot be run', () => {
  it('says why', async () => {
    const failed = (settings: Partial<DreamSettings>) => run(recipeOf(settings)).then(() => 'done', (error: unknown) => (isAppError(error) ? error.message : String(error)))
    expect(await failed({ picture: { sha256: 'dot', name: 'dot.png' }, size: undefined })).toMatch(/1 × 1 pixels is too small/)
    expect(await failed({ picture: { sha256: 'film', name: 'film.gif' }, zoom: { frames: 4, share: 0.1, steps: 1 } })).toMatch(/film\.gif is an animation of 2 frames/)
    expect(await failed({ targets: [{ layer: 'attic', weight: 1 }] })).toMatch(/no layer 'attic'/)
  })
  it('is refused by the setting that is wrong', () => {
    expect(() => checkSettings(work, { picture: { sha256: 'owl', name: 'owl.png' }, octaves: 99 })).toThrow(/octaves/)
    expect(() => checkSettings(work, {})).toThrow(/picture/)
  })
})
