import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { prepareTraining } from '#engine/fooling/fooling-folder.ts'
import { retrainLoop } from '#engine/fooling/retrain.ts'
import type { FoolingPictures, RetrainHooks, RetrainRound, RetrainState } from '#engine/fooling/retrain.ts'
import { classesOfData, foolingLabel, recipeWithFooling } from '#engine/fooling/retraining-recipe.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { resource } from '../../support/run-work.ts'

const root = mkdtempSync(join(tmpdir(), 'phosphene-retrain-'))
const runtime = createRuntime({ host: 'inline', device: 'cpu' })
afterAll(async () => { await runtime.dispose(); rmSync(root, { recursive: true, force: true }) })

const digits = Recipe.parse({
  version: 1, name: 'Digits', seed: 1, data: { kind: 'generator', name: 'digits', options: { count: 300, size: 12 } }, net: { kind: 'notation', text: '4C3 MP2 10' },
  epochs: 1, batch: 20, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.01 },
})
const bred = { encoding: 'cppn', generations: 2, population: 20, archives: 2, seed: 3 } as const

describe('a recipe with a fooling class', () => {
  it('has one output more and the folder beside its data', async () => {
    const recipe = await recipeWithFooling(digits, '/pictures/fooling')
    expect(recipe.net).toEqual({ kind: 'notation', text: '4C3 MP2 11' })
    expect(recipe.data).toEqual({ kind: 'generator', name: 'digits', options: { count: 300, size: 12, addedClass: '/pictures/fooling' } })
    expect(recipe.sampler).toBe('balanced')
  })

  it('of one that has it already counts no further', async () => {
    const once = await recipeWithFooling(digits, '/pictures/fooling')
    const twice = await recipeWithFooling(once, '/others/fooling')
    expect(twice.net).toEqual(once.net)
    expect(twice.data.options['addedClass']).toBe('/others/fooling')
  })

  it('of an opened model puts another last layer on it', async () => {
    const recipe = await recipeWithFooling({ ...digits, net: { kind: 'model', path: resource('models/phosphene-24.onnx'), train: 'all', bodyRate: 0.1, head: 'GAP 24' } }, '/pictures/fooling')
    expect(recipe.net).toMatchObject({ kind: 'model', train: 'all' })
    expect(recipe.net).toHaveProperty('cut')
    expect(recipe.net).not.toHaveProperty('head')
  })

  it('is refused where outputs cannot be counted up, and where nothing could be fooled', async () => {
    await expect(recipeWithFooling({ ...digits, net: { kind: 'blocks', blocks: [{ block: 'linear', name: 'last', units: 10 }] } }, '/fooling')).rejects.toThrow(/write the net as a notation that ends with its number of classes/)
    await expect(classesOfData({ ...digits, data: { kind: 'generator', name: 'sensors', options: {} } })).rejects.toThrow(/no pictures of classes/)
  })
})

describe('the loop', () => {
  async function run(from?: RetrainState, stopAfter = Infinity) {
    const [learnings, states, rounds]: [(FoolingPictures | undefined)[], RetrainState[], RetrainRound[]] = [[], [], []]
    const labels: string[][] = []
    const hooks: RetrainHooks = {
      async train(round, learned) {
        if (round > stopAfter) throw new Error('the machine went')
        learnings.push(learned)
        const path = join(root, `${labels.length}-${stopAfter}-${from === undefined ? 'whole' : 'resumed'}-${round}`)
        const folder = new RunFolder(path)
        const training = new TrainingRun({ runtime, folder, recipe: await prepareTraining(path, digits, learned, 'Digits') })
        await training.start()
        expect(training.summary().error).toBeUndefined()
        if (training.data?.dataset.target.kind === 'classes') labels.push([...training.data.dataset.target.labels])
        return { path: folder.file('model.onnx'), score: training.detail().history.at(-1)?.validation.score ?? 0 }
      },
      bred: () => Promise.resolve(),
      ended: (round) => { rounds.push(round); return Promise.resolve() },
      settled: (state) => { states.push(state) },
    }
    const all = await retrainLoop({ ...bred, runtime, rounds: 3, ...(from ? { from } : {}) }, hooks).catch(() => undefined)
    return { all, learnings, states, rounds, labels }
  }

  it('learns what fooled every network before, as a class behind the own ones, and goes on from any round', async () => {
    const whole = await run()
    expect(whole.learnings.map((learned) => learned?.pictures.length)).toEqual([undefined, 20, 40])
    expect(whole.labels.map((labels) => labels.length)).toEqual([10, 11, 11])
    expect(whole.labels[1]?.at(-1)).toBe(foolingLabel)
    // Nobody is to be sure of the fooling class: there are as many confidences as there are digits.
    expect(whole.all?.map(({ confidences, learned, evaluations }) => [confidences.length, learned, evaluations])).toEqual([[10, 0, 80], [10, 20, 80], [10, 40, 80]])
    expect(whole.all?.every(({ confidences, median }) => median > 0 && Math.max(...confidences) <= 1)).toBe(true)

    // A network is kept as soon as it is trained; it is not trained again where breeding against it was interrupted.
    expect(whole.states.map(({ rounds, trained }) => [rounds.length, trained !== undefined])).toEqual([[0, true], [1, false], [1, true], [2, false], [2, true], [3, false]])
    const bredAgain = await run(whole.states[4])
    expect(bredAgain.learnings).toEqual([])
    expect(bredAgain.all?.at(-1)?.confidences).toEqual(whole.all?.at(-1)?.confidences)

    const interrupted = await run(undefined, 2)
    expect(interrupted.all).toBeUndefined()
    const resumed = await run(interrupted.states.at(-1))
    expect(resumed.rounds.map(({ round }) => round)).toEqual([3])
    expect(resumed.all?.map(({ confidences }) => confidences)).toEqual(whole.all?.map(({ confidences }) => confidences))
  }, 60_000)
})

describe('what was bred', () => {
  it('is read back as it was written, behind the data of the source', async () => {
    const folder = join(root, 'written')
    const extent = { channels: 1, height: 12, width: 12 } as const
    const picture = Float32Array.from({ length: 144 }, (_, index) => (index % 256) / 255)
    const recipe = await prepareTraining(folder, digits, { extent, pictures: [picture, picture, picture, picture] }, 'Digits')
    expect(await readdir(join(folder, foolingLabel))).toHaveLength(4)
    const [own, data] = await Promise.all([digits, recipe].map((each) => loadDataset(each.data, { seed: 1 })))
    if (own?.input.kind !== 'pictures' || data?.input.kind !== 'pictures' || own.target.kind !== 'classes' || data.target.kind !== 'classes') throw new Error('pictures of classes are expected')
    expect(data.count).toBe(304)
    expect(data.target.labels).toEqual([...own.target.labels, foolingLabel])
    expect(Array.from(data.target.classOf.slice(300))).toEqual([10, 10, 10, 10])
    expect(Array.from(data.input.pixels.slice(0, 144))).toEqual(Array.from(own.input.pixels.slice(0, 144)))
    expect(Array.from(data.input.pixels.slice(300 * 144, 301 * 144))).toEqual(Array.from(picture, (value) => Math.round(255 * value)))
    expect(data.origin(300)).toBe(`${foolingLabel}/written-00000.png`)
  })
})
