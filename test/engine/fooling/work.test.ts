import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FoolSettings } from '#contract/fool.ts'
import type { Facts, SynthesisRecipe } from '#contract/synthesis.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { Checkpoint } from '#engine/synthesis/define-work.ts'
import type { MadeItem } from '#engine/synthesis/work-run.ts'
import { finishWork, resource, workRun } from '../../support/run-work.ts'
import type { WorkBench } from '../../support/run-work.ts'

const runtime = createRuntime({ host: 'worker', device: 'cpu' })
const folder = mkdtempSync(join(tmpdir(), 'phosphene-fool-'))
let network: Network
let bench: WorkBench
const cat = { sha256: 'cat', name: 'cat.png' }

beforeAll(async () => {
  network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime })
  const odd = async (name: string, make: ReturnType<typeof sharp>): Promise<string> => { const path = join(folder, name); await make.png().toFile(path); return path }
  const colors = (width: number, height: number, channels: 3 | 4) => sharp({ create: { width, height, channels, background: { r: 200, g: 90, b: 20, alpha: 0.3 } } })
  bench = {
    runtime, network, preprocessing: (await initialRecord(network, {}))!.preprocessing,
    pictures: { cat: resource('pictures/cat.png'), owl: resource('pictures/owl.png'), dot: await odd('dot.png', colors(1, 1, 3)), wide: await odd('wide.png', colors(4000, 40, 3)), clear: await odd('clear.png', colors(90, 50, 4)), gray: await odd('gray.png', colors(60, 60, 3).grayscale()) },
  }
})
afterAll(async () => { await network.dispose(); await runtime.dispose(); rmSync(folder, { recursive: true }) })

const recipe = (settings: Partial<FoolSettings>, seed = 2): Omit<Extract<SynthesisRecipe, { kind: 'fool' }>, 'model'> => ({ kind: 'fool', seed, settings: FoolSettings.parse({ method: 'pgd', ...settings }) })
const make = async (settings: Partial<FoolSettings>, seed = 2) => (await finishWork(bench, recipe(settings, seed))).made
const named = (made: readonly MadeItem[], name: string): MadeItem => made.find(({ item }) => item.name === name)!
const pixelsOf = async ({ bytes }: MadeItem) => decodePicture(bytes, 'result')

/** What the network says of a file, put in as any picture is. */
async function answersTo({ bytes }: MadeItem): Promise<Float32Array> {
  const { inputs } = preparePicture(network, bench.preprocessing, await decodePicture(bytes, 'result'))
  return (await network.forward(inputs, [network.outputs[0]!]))[network.outputs[0]!]!.data as Float32Array
}
const largestChange = async (a: MadeItem, b: MadeItem): Promise<number> => {
  const [one, other] = [await pixelsOf(a), await pixelsOf(b)]
  return one.data.reduce((most, value, index) => Math.max(most, Math.abs(value - other.data[index]!)), 0)
}

describe('what a run says of a written file', () => {
  it.each(['fgsm', 'bim', 'pgd', 'mi-fgsm', 'deepfool'])('%s: class, confidence and distance are those of the file itself', async (method) => {
    const made = await make({ method, pictures: [cat], options: method === 'deepfool' ? {} : { budget: 12 } })
    const [result, before] = [named(made, 'cat'), named(made, 'cat-before')]
    const facts = result.item.facts
    const answers = await answersTo(result)
    expect(answers[Number(facts['answer'])]).toBeCloseTo(Math.max(...answers), 6)
    expect(answers[Number(facts['class'])]).toBeCloseTo(Number(facts['confidence']), 5)
    expect(facts['reached']).toBe(Number(facts['answer']) !== Number(facts['before']))
    expect(facts['reached']).toBe(true)
    expect(await largestChange(result, before)).toBe(Number(facts['linf']))
    if (method !== 'deepfool') expect(Number(facts['linf'])).toBeLessThanOrEqual(12)
  })

  it('looks for the smallest budget, below which the same attack does not fool', async () => {
    const result = named(await make({ smallest: true, pictures: [cat], options: { steps: 8 } }), 'cat')
    const budget = Number(result.item.facts['budget'])
    expect(result.item.facts['reached']).toBe(true)
    expect(Number.isInteger(budget)).toBe(true)
    const below = await make({ pictures: [cat], options: { steps: 8, budget: Math.max(0.1, budget - 1) } })
    expect(named(below, 'cat').item.facts['reached']).toBe(false)
  })

  it('draws the curve of answers kept, which falls', async () => {
    const curve = named(await make({ method: 'bim', pictures: [cat, { sha256: 'owl', name: 'owl.png' }], budgets: [0, 1, 16], options: { steps: 6 } }), 'curve')
    const kept = curve.item.facts['kept'] as number[]
    expect(kept[0]).toBe(1)
    expect(kept.every((share, index) => index === 0 || share <= kept[index - 1]!)).toBe(true)
    expect(kept.at(-1)).toBe(0)
  })

  it('shows what fooled it to other models', async () => {
    const facts = named(await make({ pictures: [cat], options: { budget: 12 }, transferTo: [{ sha256: 'another', name: 'another.onnx' }] }), 'transfer').item.facts
    // The bench answers any name with the same network: what fools the one fools the other.
    expect(facts['fooled']).toEqual([1, 1])
  })

  it('makes pictures of classes from noise and keeps the archive of evolution', async () => {
    const result = named(await make({ method: 'ascent', targets: [5] }), 'class-0005')
    expect((await answersTo(result))[5]).toBeGreaterThanOrEqual(0.9999)
    const made = await make({ method: 'cppn', options: { generations: 3, population: 30 }, targets: [2, 7] })
    expect(made.map(({ item }) => item.name)).toEqual(['class-0002', 'class-0007', 'course', 'archive'])
    for (const name of ['class-0002', 'class-0007']) expect((await answersTo(named(made, name)))[Number(name.slice(6))]).toBeCloseTo(Number(named(made, name).item.facts['confidence']), 5)
  })
})

describe('recipes', () => {
  it.each<[string, Partial<FoolSettings>]>([
    ['pgd', { pictures: [cat], options: { budget: 6 } }], ['ascent', { method: 'ascent', targets: [3] }], ['ascent with a prior', { method: 'ascent', targets: [3], options: { prior: 'natural', steps: 24 } }],
    ['one pixel', { method: 'one-pixel', pictures: [cat], options: { population: 20, generations: 3 } }], ['direct evolution', { method: 'direct', targets: [4], options: { generations: 2, population: 20 } }],
  ])('%s: made again from the recipe in the file, pixel by pixel', async (_, settings) => {
    const made = (await make(settings)).find(({ item }) => item.facts['reached'] !== undefined)!
    const { result, settings: kept, seed } = readRecipe(made.bytes) as { result: string; settings: FoolSettings; seed: number }
    const again = named(await make(kept, seed), result)
    expect((await pixelsOf(again)).data).toEqual((await pixelsOf(made)).data)
  })

  it('of a CPPN is its genome: the picture alone, without the evolution', async () => {
    const made = named(await make({ method: 'cppn', options: { generations: 4, population: 30 }, targets: [2] }), 'class-0002')
    const { settings } = readRecipe(made.bytes) as { settings: FoolSettings }
    const again = await make(settings)
    expect(again).toHaveLength(1)
    expect((await pixelsOf(again[0]!)).data).toEqual((await pixelsOf(made)).data)
    expect(again[0]!.item.facts['evaluations']).toBe(0)
  })

  it('of one of many makes that one alone, with the same pixels', async () => {
    const many = await make({ method: 'ascent', targets: [1, 6, 9] })
    const { settings } = readRecipe(named(many, 'class-0006').bytes) as { settings: FoolSettings }
    const alone = await make(settings)
    expect(alone.map(({ item }) => item.name)).toEqual(['class-0006'])
    expect((await pixelsOf(alone[0]!)).data).toEqual((await pixelsOf(named(many, 'class-0006'))).data)
  })
})

describe('long runs', () => {
  it('are cancelled within a second, and go on from what was kept as if they never had been', async () => {
    const settings = { method: 'cppn', options: { generations: 6, population: 40 }, targets: [2] } as const
    const whole = named(await make({ ...settings, targets: [2] }), 'class-0002')
    let kept: Checkpoint | undefined
    let cancelledAt = 0
    const run: ReturnType<typeof workRun> = workRun(bench, recipe({ ...settings, targets: [2] }), { sink: {
      onProgress: ({ step }) => { if (step >= 3 && cancelledAt === 0) { cancelledAt = performance.now(); run.cancel() } },
      onCheckpoint: (checkpoint) => { kept = checkpoint },
    } })
    await expect(run.run()).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - cancelledAt).toBeLessThan(1000)
    // The step that was under way may have ended.
    expect([3, 4]).toContain(kept!.step)
    const { made } = await finishWork(bench, recipe({ ...settings, targets: [2] }), { from: kept! })
    expect((await pixelsOf(named(made, 'class-0002'))).data).toEqual((await pixelsOf(whole)).data)
  })

  it.each([
    ['universal', { budget: 4, epochs: 3, steps: 2, rate: 1 }, [2, 3]], ['patch', { share: 0.1, steps: 6 }, [2, 4]],
  ] as const)('%s: interrupted in the middle of whatever it does, goes on as if it never had been', async (method, options, interruptions) => {
    const settings = recipe({ method, options, targets: [9], pictures: [cat, { sha256: 'owl', name: 'owl.png' }] })
    const whole = (await finishWork(bench, settings)).made
    let kept: Checkpoint | undefined
    for (const at of interruptions) {
      const run: ReturnType<typeof workRun> = workRun(bench, settings, { ...(kept ? { from: kept } : {}), sink: {
        onProgress: ({ step }) => { if (step >= at) run.cancel() },
        onCheckpoint: (checkpoint) => { kept = checkpoint },
      } })
      await expect(run.run()).rejects.toMatchObject({ code: 'cancelled' })
      expect(kept!.step).toBe(at)
    }
    const { made } = await finishWork(bench, settings, { from: kept! })
    for (const name of ['cat-class-0009', 'owl-class-0009', method]) expect((await pixelsOf(named(made, name))).data, name).toEqual((await pixelsOf(named(whole, name))).data)
  })

  it('keep the step before where they are cancelled between two', async () => {
    const settings = recipe({ method: 'universal', options: { budget: 4, epochs: 2, steps: 2, rate: 1 }, targets: [9], pictures: [cat, { sha256: 'owl', name: 'owl.png' }] })
    let kept: Checkpoint | undefined
    const run: ReturnType<typeof workRun> = workRun(bench, settings, { sink: {
      onProgress: ({ step }) => { if (step === 2) setImmediate(() => { run.cancel() }) },
      onCheckpoint: (checkpoint) => { kept = checkpoint },
    } })
    await expect(run.run()).rejects.toMatchObject({ code: 'cancelled' })
    expect(kept!.step).toBeGreaterThanOrEqual(2)
  })

  it('over a folder go on at the next photograph', async () => {
    const settings = recipe({ method: 'fgsm', options: { budget: 4 }, pictures: [cat, { sha256: 'owl', name: 'owl.png' }] })
    const whole = (await finishWork(bench, settings)).made
    const done = new Set(whole.map(({ item }) => item.name).filter((name) => name.startsWith('cat')))
    const { made } = await finishWork(bench, settings, { finished: done })
    expect(made.map(({ item }) => item.name)).toEqual(['owl-before', 'owl-change', 'owl'])
    expect((await pixelsOf(named(made, 'owl'))).data).toEqual((await pixelsOf(named(whole, 'owl'))).data)
  })

  it('tell how sure the network is of every class, and the median', async () => {
    const facts: Facts[] = []
    const run = workRun(bench, recipe({ method: 'cppn', options: { generations: 3, population: 40 } }), { sink: { onProgress: (progress) => { if (progress.facts) facts.push(progress.facts) } } })
    await run.run()
    const last = facts.at(-1)!
    expect(last['confidences']).toHaveLength(24)
    expect(last['evaluations']).toBe(120)
    expect(last['judged']).toEqual([40, 80, 120])
    expect(Number(last['perSecond'])).toBeGreaterThan(1)
  })
})

describe('an evolution with a limit of time', () => {
  it('ends behind a generation, and its pictures are made again without one', async () => {
    const made = await make({ method: 'direct', options: { generations: 1000, population: 20, minutes: 1e-6 }, targets: [2] })
    const course = named(made, 'course')
    expect(course.item.facts['judged']).toEqual([20])
    expect(course.item.extension).toBe('csv')
    expect(new TextDecoder().decode(course.bytes).split('\n')).toHaveLength(3)
    const { settings } = readRecipe(named(made, 'class-0002').bytes) as { settings: FoolSettings }
    expect(settings.options).toMatchObject({ generations: 1, minutes: 0 })
    expect((await pixelsOf(named(await make(settings), 'class-0002'))).data).toEqual((await pixelsOf(named(made, 'class-0002'))).data)
  })
})

describe('odd pictures', () => {
  it.each(['dot', 'wide', 'clear', 'gray'])('%s: are changed as any other', async (sha256) => {
    const made = await make({ method: 'fgsm', pictures: [{ sha256, name: `${sha256}.png` }], options: { budget: 8 } })
    expect(await largestChange(named(made, sha256), named(made, `${sha256}-before`))).toBeLessThanOrEqual(8)
  })
})

describe('what cannot be done is said', () => {
  it.each<[string, Partial<FoolSettings>, RegExp]>([
    ['a method that there is not', { method: 'magic' }, /no way to fool 'magic'/],
    ['a budget of nothing', { pictures: [cat], options: { budget: 0 } }, /Projected gradient: 'budget' is a number from 0.1 to 20000; '0' was given/],
    ['an option that there is not', { pictures: [cat], options: { force: 3 } }, /no option 'force'.*'budget'/],
    ['a fraction of steps', { pictures: [cat], options: { steps: 2.5 } }, /'steps' is a whole number/],
    ['a class that there is not', { pictures: [cat], targets: [24] }, /Class 24 does not exist: the model has 24 classes, 0 to 23/],
    ['ascent to no class', { method: 'ascent' }, /say which one, 0 to 23, or all/],
    ['no photograph', {}, /changes a photograph: choose one first/],
    ['a smallest budget of what takes none', { method: 'deepfool', pictures: [cat], smallest: true }, /looks for the smallest change by itself/],
    ['a smallest budget of evolution', { method: 'cppn', smallest: true }, /no smallest budget/],
    ['a curve of ascent', { method: 'ascent', targets: [1], budgets: [1] }, /changes none by itself/],
    ['a curve of what takes no budget', { method: 'deepfool', pictures: [cat], budgets: [1] }, /takes no budget/],
    ['retraining without data', { method: 'retrain' }, /trained on is not said: choose its data first/],
    ['a file that is no picture', { pictures: [{ sha256: 'nowhere', name: 'nowhere.png' }] }, /no such picture/],
  ])('%s', async (_, settings, message) => {
    await expect(make(settings)).rejects.toThrow(message)
  })

  it('a model that does not classify', async () => {
    const other = { ...bench, preprocessing: { ...bench.preprocessing, output: 'none' as const } }
    await expect(finishWork(other, recipe({ method: 'ascent', targets: [1] }))).rejects.toThrow(/does not classify/)
  })
})
