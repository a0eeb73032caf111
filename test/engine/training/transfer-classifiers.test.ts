/** Transfer on the classifiers of the test data: eight photographs of each of two kinds, a new head, then the last layers. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { evaluateModel } from '#engine/training/evaluate-model.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
const root = mkdtempSync(join(tmpdir(), 'phosphene-classifiers-'))
afterAll(async () => {
  await runtime.dispose()
  rmSync(root, { recursive: true, force: true })
})

const kinds = {
  animal: ['n02123045_tabby', 'n02129604_tiger', 'n02119022_red_fox', 'n02391049_zebra', 'n02099601_golden_retriever', 'n02504458_African_elephant', 'n01514859_hen', 'n01882714_koala'],
  made: ['n02690373_airliner', 'n02980441_castle', 'n03028079_church', 'n04146614_school_bus', 'n04285008_sports_car', 'n04398044_teapot', 'n07873807_pizza', 'n07753592_banana'],
}
const folder = join(root, 'kinds')
beforeAll(() => {
  for (const [kind, names] of Object.entries(kinds)) {
    mkdirSync(join(folder, kind), { recursive: true })
    for (const name of names) copyFileSync(testdata(`images/photos/${name}.jpg`), join(folder, kind, `${name}.jpg`))
  }
})

/** All that can be differentiated: not the one in integers, nor the one in an operator set that nothing runs any more. */
const classifiers = [
  'cifar10-pytorch-tutorial-cnn', 'cifar10-resnet20-bn', 'cifar10-resnet56', 'darknet-tiny', 'googlenet-bvlc', 'mnist-winml', 'mobilenetv1-0.25-128-dequant', 'mobilenetv2-1.0-224-qat-dequant',
  'shufflenet-v2-dequant', 'squeezenet-winml-fp16', 'squeezenet1.0-deepcompression', 'squeezenet1.1-caffe',
]
const data = { kind: 'files', path: folder, options: {} } as const
const split = { train: 0.5, seed: 1 }

async function train(name: string, net: Record<string, unknown>, changes: Record<string, unknown>): Promise<TrainingRun> {
  const recipe = Recipe.parse({ version: 1, name, seed: 1, data, split, net: { kind: 'model', ...net }, batch: 8, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.003 }, ...changes })
  const run = new TrainingRun({ runtime, recipe, folder: new RunFolder(join(root, name)) })
  await run.start()
  expect(run.summary().error).toBeUndefined()
  expect(run.state).toBe('done')
  return run
}

/** The finished file on the pictures' own bytes. */
async function scoreOf(run: TrainingRun): Promise<number> {
  const network = await openNetwork(run.folder.file('model.onnx'), { runtime })
  try {
    const { preprocessing } = (await initialRecord(network, {}))!
    const dataset = await loadDataset(data, { seed: 1, size: { height: preprocessing.height, width: preprocessing.width } })
    return (await evaluateModel(network, dataset, { indices: run.data!.parts.validation, preprocessing })).metrics.score
  } finally {
    await network.dispose()
  }
}

describeWithTestdata('transfer from', () => {
  it.each(classifiers)('%s', async (name) => {
    const head = await train(name, { path: testdata(`models/${name}.onnx`) }, { epochs: 20 })
    const { history } = head.detail()
    expect(history.at(-1)!.train.loss).toBeLessThan(0.9 * history[0]!.train.loss)
    expect(await scoreOf(head)).toBeCloseTo(head.summary().best!.score, 6)
    const tuned = await train(`${name}-tuned`, { path: head.folder.file('model.onnx'), train: 3 }, { epochs: 1, optimizer: { kind: 'adam', rate: 0.0003 } })
    expect(await scoreOf(tuned)).toBeCloseTo(tuned.summary().best!.score, 6)
  })

  it.each([['shufflenet-v2-12-int8', /no layer with weights/], ['mnist-cntk-onnxmodels', /operator set 1/]])('%s is refused in words', async (name, why) => {
    const run = new TrainingRun({ runtime, folder: new RunFolder(join(root, name)), recipe: Recipe.parse({ version: 1, name, seed: 1, data, split, net: { kind: 'model', path: testdata(`models/${name}.onnx`) }, epochs: 1, batch: 8, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.003 } }) })
    await run.start()
    expect(run.summary()).toMatchObject({ state: 'failed', error: expect.stringMatching(why) as string })
  })

  it('photographs: eight of each kind are enough where the model knows such things', async () => {
    const run = await train('eight', { path: testdata('models/mobilenetv2-1.0-224-qat-dequant.onnx') }, { epochs: 30 })
    expect(run.detail().data).toMatchObject({ train: 8, validation: 8 })
    expect(run.summary().best!.score).toBeGreaterThanOrEqual(0.75)
  })
})
