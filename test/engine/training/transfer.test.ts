/** A model made here, taken up again: a head on cached features, then its last layers behind features that are frozen, then all of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { evaluateModel } from '#engine/training/evaluate-model.ts'
import { activationsAt, answersAt } from '#engine/training/replay.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { suggestCuts } from '#engine/training/transfer/cuts.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
const root = mkdtempSync(join(tmpdir(), 'phosphene-transfer-'))
afterAll(async () => {
  await runtime.dispose()
  rmSync(root, { recursive: true, force: true })
})

const digits = (count: number, size = 20) => ({ kind: 'generator', name: 'digits', options: { count, size } }) as const
const things = { kind: 'generator', name: 'pictures', options: { count: 80, size: 32, classes: 'cat, owl' } } as const
const recipeOf = (changes: Record<string, unknown>): Recipe => Recipe.parse({ version: 1, name: 'transfer', seed: 5, epochs: 3, batch: 20, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.003 }, ...changes })
let made = 0
async function train(recipe: Recipe): Promise<{ run: TrainingRun; folder: RunFolder; model: string }> {
  const folder = new RunFolder(join(root, `run-${++made}`))
  const run = new TrainingRun({ runtime, recipe, folder })
  await run.start()
  expect(run.summary()).toMatchObject({ state: 'done' })
  return { run, folder, model: folder.file('model.onnx') }
}

/** The finished file on raw pictures, by itself. */
async function scoreOf(model: string, data: Recipe['data'], run: TrainingRun): Promise<{ score: number; loss: number }> {
  const network = await openNetwork(model, { runtime })
  try {
    const { preprocessing } = (await initialRecord(network, {}))!
    const { metrics } = await evaluateModel(network, await loadDataset(data, { seed: run.recipe.seed }), { indices: run.data!.parts.validation, preprocessing })
    return metrics
  } finally {
    await network.dispose()
  }
}

let base: string
beforeAll(async () => { base = (await train(recipeOf({ data: digits(600), net: { kind: 'notation', text: '8C3p-BN MP2 12C3p-BN { 12C3p-BN 12C3p-linear } MP2 24F 10' } }))).model })

describe('transfer', () => {
  it('trains a head on features that are computed once, and the finished file answers as the run did', async () => {
    const { run, folder, model } = await train(recipeOf({ data: digits(300), net: { kind: 'model', path: base } }))
    expect(run.network!.inputDims).toEqual([24])
    // People are told of the pictures, not of the features.
    expect(run.detail().data!.input).toMatchObject({ kind: 'pictures', height: 20 })
    const { best } = run.summary()
    const { score, loss } = await scoreOf(model, digits(300), run)
    expect(score).toBeCloseTo(best!.score, 6)
    expect(loss).toBeCloseTo(best!.loss, 4)
    const probe = run.data!.parts.validation[0]!
    const { data } = await activationsAt(runtime, folder, loadDataset, { epoch: 3, layer: run.detail().net.layers.at(-1)!.id, example: probe })
    expect(data).toHaveLength(10)
    expect(data.indexOf(Math.max(...data))).toBe((await answersAt(folder, loadDataset, 3)).predicted[0])
  })

  it('fine-tunes the last layers behind frozen features just as it does on pictures', async () => {
    const tuned = (changes: Record<string, unknown>) => recipeOf({ data: digits(300), net: { kind: 'model', path: base, train: 2 }, optimizer: { kind: 'sgd', rate: 0.01 }, epochs: 2, ...changes })
    const cached = await train(tuned({}))
    expect(cached.run.network!.inputDims).toHaveLength(1)
    expect(cached.run.detail().net.layers.map(({ notation, dims }) => `${notation} ${dims.join('×')}`)).toEqual(['24F 24', '10F 10'])
    // A rotation of nothing: pictures go through the whole network at every step.
    const whole = await train(tuned({ augment: { rotate: 1e-9 } }))
    expect(whole.run.network!.inputDims).toEqual([1, 20, 20])
    const losses = ({ run }: typeof cached): number[] => run.detail().steps.map(({ loss }) => loss)
    losses(cached).forEach((loss, step) => expect(loss).toBeCloseTo(losses(whole)[step]!, 3))
    const { score, loss } = await scoreOf(cached.model, digits(300), cached.run)
    expect(score).toBeCloseTo(cached.run.summary().best!.score, 6)
    expect(loss).toBeCloseTo(cached.run.summary().best!.loss, 4)
    expect(readFileSync(cached.model).length).toBeGreaterThan(1000)
  })

  it.each([
    ['a sum', 3], ['a convolution of a sum', 4], ['everything but the first layer', 6], ['everything', 'all'],
  ] as const)('reaches back to %s', async (_, part) => {
    const { run, model } = await train(recipeOf({ data: digits(200), net: { kind: 'model', path: base, train: part }, epochs: 1 }))
    expect((await scoreOf(model, digits(200), run)).score).toBeCloseTo(run.summary().best!.score, 6)
  })

  it('shows colour to a model of grey pictures, and grey to one of colour', async () => {
    const ofGrey = await train(recipeOf({ data: things, net: { kind: 'model', path: base }, epochs: 4 }))
    expect((await scoreOf(ofGrey.model, things, ofGrey.run)).score).toBeCloseTo(ofGrey.run.summary().best!.score, 6)
    const colors = await train(recipeOf({ data: things, net: { kind: 'notation', text: '6C3p MP2 8C3p MP2 2' }, epochs: 2 }))
    for (const part of ['head', 1] as const) {
      const ofColor = await train(recipeOf({ data: digits(200, 32), net: { kind: 'model', path: colors.model, train: part, ...(part === 'head' ? {} : { cut: await headCut(colors.model), head: '10' }) }, epochs: 2 }))
      expect((await scoreOf(ofColor.model, digits(200, 32), ofColor.run)).score).toBeCloseTo(ofColor.run.summary().best!.score, 6)
    }
  })
})

const headCut = async (model: string): Promise<string> => (await suggestCuts(model)).suggested
