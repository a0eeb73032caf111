/** "Make Your Own Neural Network" (Rashid 2016), part 2: a hundred digits to learn from, ten to be tested on, and one's own on paper. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Recipe } from '#contract/training.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { evaluateModel, pixelsOfExample } from '#engine/training/evaluate-model.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
afterAll(() => runtime.dispose())

describeWithTestdata('the book’s digits', () => {
  it('are learned from a hundred rows, and ink on paper is read as light on dark', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phosphene-book-'))
    const source = testdata('datasets/makeyourownneuralnetwork')
    try {
      const recipe = Recipe.parse({
        version: 1, name: 'book', seed: 1, data: { kind: 'files', path: join(source, 'mnist_train_100.csv'), validation: join(source, 'mnist_test_10.csv') },
        net: { kind: 'notation', text: '20C5 MP2 50C5 MP2 256F 10' }, epochs: 10, batch: 10, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001 },
      })
      const run = new TrainingRun({ runtime, recipe, folder: new RunFolder(folder) })
      await run.start()
      expect(run.summary()).toMatchObject({ state: 'done' })
      expect(run.detail().data).toMatchObject({ train: 100, validation: 10 })
      expect(run.summary().best!.score).toBeGreaterThanOrEqual(0.6)

      const network = await openNetwork(join(folder, 'model.onnx'), { runtime })
      const own = await loadDataset({ kind: 'files', path: source, format: 'named-pictures', options: {} }, { seed: 1 })
      // The seventh is called '2828_my_own_image': its name tells no class.
      expect(own).toMatchObject({ count: 6, skipped: [{ where: '2828_my_own_image.png' }] })
      const indices = Int32Array.from({ length: own.count }, (_, index) => index)
      const { preprocessing } = (await chooseRecord(network, { place: { sha256: network.id, path: join(folder, 'model.onnx'), dataFolder: folder }, picture: pixelsOfExample(own, 0) }))!
      expect(preprocessing.invert).toBe(true)
      const asDrawn = await evaluateModel(network, own, { indices, preprocessing })
      const notInverted = await evaluateModel(network, own, { indices, preprocessing: { ...preprocessing, invert: false } })
      expect(asDrawn.metrics.loss).toBeLessThan(notInverted.metrics.loss)
      expect(asDrawn.metrics.score).toBeGreaterThanOrEqual(1 / 3)
      await network.dispose()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
