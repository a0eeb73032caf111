/** The requirement itself: every classifier of the test data names its pictures with nothing but the picture to go by. */
import { readFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { decodePicture } from '#engine/images/decode.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { float32OfHost } from '#engine/preprocessing/host-values.ts'
import { describeTask } from '#engine/preprocessing/model-task.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

interface Listed { readonly path: string; readonly verified_top1?: Readonly<Record<string, string>> | string }

describeWithTestdata('models of the test data', () => {
  const runtime = createRuntime({ host: 'inline', device: 'cpu' })
  afterAll(() => runtime.dispose())
  const files = (JSON.parse(readFileSync(testdata('MANIFEST.json'), 'utf8')) as { files: Listed[] }).files
  const classifiers = files.flatMap(({ path, verified_top1 }) => (typeof verified_top1 === 'object' ? [{ path, verified: Object.entries(verified_top1) }] : []))

  const photo = async (name: string) => decodePicture(readFileSync(testdata(`images/photos/${name}.jpg`)), name)

  async function classify(network: Network, name: string): Promise<string> {
    const picture = await photo(name)
    const record = (await chooseRecord(network, { picture }))!
    const { inputs } = preparePicture(network, record.preprocessing, picture)
    const output = record.preprocessing.outputTensor!
    const scores = float32OfHost((await network.forward(inputs, [output]))[output]!)
    return record.preprocessing.labels[scores.indexOf(Math.max(...scores))] ?? '?'
  }

  it('include the ImageNet classifiers', () => { expect(classifiers.length).toBeGreaterThanOrEqual(9) })

  it.each(classifiers)('$path names the listed photographs, each guessed from alone', async ({ path, verified }) => {
    const network = await openNetwork(testdata(path), { runtime })
    expect(describeTask(network)).toMatchObject({ task: 'classifier', classes: 1000 })
    for (const [name, expected] of verified) expect(await classify(network, name), name).toBe(expected.split(' (p or logit')[0])
    await network.dispose()
  })

  it('a dark photograph is guessed from as well: its tones are stretched where the usual ways are close', async () => {
    const network = await openNetwork(testdata('models/googlenet-bvlc.onnx'), { runtime })
    expect(await classify(network, 'n02119022_red_fox')).toBe('red fox')
    await network.dispose()
  })

  it.each([
    ['models/fast-style-candy.onnx', 'image-to-image'], ['models/super-resolution.onnx', 'image-to-image'], ['models/bvae-ae_encoder.onnx', 'encoder'],
    ['models/bvae-ae_decoder.onnx', 'generator'], ['models/mnist-dcgan-generator.onnx', 'generator'], ['models/mnist-winml.onnx', 'classifier'],
    ['models/cifar10-pytorch-tutorial-cnn.onnx', 'classifier'], ['models/cifar10-resnet56.onnx', 'classifier'], ['models/mnist-cntk-onnxmodels.onnx', 'classifier'],
  ])('%s is told to be: %s', async (path, task) => {
    const network = await openNetwork(testdata(path), { runtime })
    expect(describeTask(network).task).toBe(task)
    await network.dispose()
  })
})
