import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FoolSettings } from '#contract/fool.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { Recipe } from '#contract/training.ts'
import { estimateFooling } from '#engine/fooling/estimate.ts'
import { foolingLabel } from '#engine/fooling/retraining-recipe.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { BeginTraining, Checkpoint } from '#engine/synthesis/define-work.ts'
import type { MadeItem } from '#engine/synthesis/work-run.ts'
import { finishWork, resource, workRun } from '../../support/run-work.ts'
import type { WorkBench } from '../../support/run-work.ts'

const runtime = createRuntime({ host: 'worker', device: 'cpu' })
const root = mkdtempSync(join(tmpdir(), 'phosphene-fool-loop-'))
const model = resource('models/phosphene-24.onnx')
let network: Network
let plain: WorkBench
beforeAll(async () => {
  network = await openNetwork(model, { runtime })
  plain = { runtime, network, preprocessing: (await initialRecord(network, {}))!.preprocessing }
})
afterAll(async () => { await network.dispose(); await runtime.dispose(); rmSync(root, { recursive: true, force: true }) })

const training = (data: Recipe['data']): Recipe => Recipe.parse({ version: 1, name: 'Things', seed: 1, data, net: { kind: 'notation', text: '4C3 24' }, epochs: 1, batch: 10, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.01 } })
/** As many classes as the bundled network tells. */
const things = training({ kind: 'generator', name: 'pictures', options: { count: 48, size: 16 } })
const loop = (recipe: Recipe): Omit<Extract<SynthesisRecipe, { kind: 'fool' }>, 'model'> => ({ kind: 'fool', seed: 4, settings: FoolSettings.parse({ method: 'retrain', training: recipe, options: { rounds: 1, generations: 2, population: 16, archives: 2 } }) })

/** Trains nothing: every training ends with the bundled network itself, so that what is bred against it can be compared. */
function benchOf(train: BeginTraining): WorkBench { return { ...plain, train } }
function unchanged(recipes: Recipe[], folders: string[] = []): BeginTraining {
  return async (prepare) => {
    const folder = mkdtempSync(join(root, 'run-'))
    folders.push(folder)
    recipes.push(await prepare(folder))
    return { pause: () => undefined, resume: () => undefined, ended: Promise.resolve({ path: model, score: 0.75, run: 'there' }) }
  }
}
const named = (made: readonly MadeItem[], name: string): MadeItem => made.find(({ item }) => item.name === name)!

describe('retraining with a fooling class, as a run', () => {
  it('breeds against the open network, trains with what fooled it, and breeds against that: the same pictures where training changed nothing', async () => {
    const [recipes, folders]: [Recipe[], string[]] = [[], []]
    const { made } = await finishWork(benchOf(unchanged(recipes, folders)), loop(things))
    const [first, second] = ['network-1', 'network-2'].map((name) => named(made, name).item.facts)
    expect(first).toMatchObject({ role: 'network', given: true, learned: 0 })
    expect(second).toMatchObject({ role: 'network', given: false, learned: 48, score: 0.75, run: 'there' })
    expect(second!['confidences']).toEqual(first!['confidences'])
    expect(first!['course']).toHaveLength(2)
    expect(recipes.map(({ net, name }) => [net, name])).toEqual([[{ kind: 'notation', text: '4C3 25' }, 'Things: fooling class, round 2']])
    expect(await readdir(join(folders[0]!, foolingLabel))).toHaveLength(48)
    expect(made.filter(({ item }) => item.facts['role'] === 'elite')).toHaveLength(48)
  }, 60_000)

  it('a picture of the open network is made again from its genome alone', async () => {
    const { made } = await finishWork(benchOf(unchanged([])), loop(things))
    const elite = named(made, 'network-1-class-0003')
    const { settings } = readRecipe(elite.bytes) as { settings: FoolSettings }
    const [again] = (await finishWork(plain, { kind: 'fool', seed: 4, settings })).made
    expect(again?.item.facts['confidence']).toBeCloseTo(Number(elite.item.facts['confidence']), 6)
    expect((await decodePicture(again!.bytes, 'again')).data).toEqual((await decodePicture(elite.bytes, 'elite')).data)
  }, 60_000)

  it('trains first where the open network tells other classes than the data', async () => {
    const recipes: Recipe[] = []
    const { made } = await finishWork(benchOf(unchanged(recipes)), loop(training({ kind: 'generator', name: 'digits', options: { count: 40, size: 12 } })))
    expect(recipes.map(({ data }) => data.options['addedClass'] === undefined)).toEqual([true, false])
    expect(named(made, 'network-1').item.facts).toMatchObject({ given: false, learned: 0, run: 'there' })
  }, 60_000)

  it('goes on behind the last network that was done', async () => {
    const whole = (await finishWork(benchOf(unchanged([])), loop(things))).made
    let kept: Checkpoint | undefined
    // Cancelled while the second network is trained, which never ends by itself.
    const run: ReturnType<typeof workRun> = workRun(benchOf((_, { signal }) => Promise.resolve({
      pause: () => undefined, resume: () => undefined, ended: new Promise<never>((_resolve, fail) => { signal.addEventListener('abort', () => { fail(new Error('stopped')) }) }),
    })), loop(things), { sink: {
      onCheckpoint: (checkpoint) => { kept = checkpoint },
      onProgress: ({ label }) => { if (label.startsWith('Network 2')) run.cancel() },
    } })
    await expect(run.run()).rejects.toMatchObject({ code: 'cancelled' })
    const recipes: Recipe[] = []
    const { made } = await finishWork(benchOf(unchanged(recipes)), loop(things), { from: kept! })
    expect(recipes).toHaveLength(1)
    expect(made.some(({ item }) => item.name === 'network-1')).toBe(false)
    expect(named(made, 'network-2').item.facts['confidences']).toEqual(named(whole, 'network-2').item.facts['confidences'])
  }, 60_000)

  it('is forecast with its trainings: of each every example forward and backward, those held out forward alone', async () => {
    const passesOf = async (recipe: Recipe, rounds: number): Promise<number> => {
      const { settings } = loop(recipe)
      return (await estimateFooling(network, { preprocessing: plain.preprocessing }, { ...settings, options: { ...settings.options, rounds } })).passes
    }
    // Of every class one of two examples is trained on; 2 archives of 2 generations of 16 pictures are bred against each network.
    const [trained, bred] = [3 * 24 + 24, 2 * 2 * 16]
    expect(await passesOf(things, 3) - await passesOf(things, 1)).toBe(2 * (trained + bred))
    expect(await passesOf({ ...things, epochs: 5 }, 1) - await passesOf(things, 1)).toBe(4 * trained)
    // The open network does not tell digits: the first network is trained as well.
    const digits = training({ kind: 'generator', name: 'digits', options: { count: 40, size: 12 } })
    expect(await passesOf({ ...digits, epochs: 2 }, 1) - await passesOf(digits, 1)).toBe(2 * (3 * 30 + 10))
  }, 60_000)

  it('holds the training while it is held, and tells why one failed', async () => {
    const asked: string[] = []
    let end = (): void => undefined
    const run: ReturnType<typeof workRun> = workRun(benchOf(() => Promise.resolve({
      pause: () => { asked.push('pause'); run.resume() }, resume: () => { asked.push('resume'); end() },
      ended: new Promise<never>((_, fail) => { end = () => { fail(new Error('no room on the disk')) } }),
    })), loop(things), { sink: { onProgress: ({ label }) => { if (label.startsWith('Network 2') && asked.length === 0) run.pause() } } })
    await expect(run.run()).rejects.toThrow(/no room on the disk/)
    expect(asked.slice(0, 2)).toEqual(['pause', 'resume'])
  }, 60_000)
})
