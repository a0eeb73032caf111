/** The classifiers of the test data, with the preprocessing that their authors state (MANIFEST.json). */
import { readFileSync } from 'node:fs'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { displayTensor } from '#engine/preprocessing/apply.ts'
import { fitPicture } from '#engine/preprocessing/fit.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { testdata } from './testdata.ts'

type Recipe = Pick<Preprocessing, 'channels' | 'scale' | 'mean' | 'std'>
const imagenet: Recipe = { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const caffe: Recipe = { channels: 'BGR', scale: 255, mean: [104, 117, 123], std: [1, 1, 1] }
const signed: Recipe = { channels: 'RGB', scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
const plain: Recipe = { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] }
const gray: Recipe = { channels: 'GRAY', scale: 255, mean: [0], std: [1] }

export interface Classifier {
  readonly name: string
  readonly recipe: Recipe
  readonly size: number
  readonly input: string
  readonly output: string
  readonly classes: 1000 | 10
}

const classifier = (name: string, recipe: Recipe, size: number, input: string, output: string, classes: 1000 | 10 = 1000): Classifier => ({ name, recipe, size, input, output, classes })
export const classifiers: readonly Classifier[] = [
  classifier('squeezenet1.1-caffe', caffe, 227, 'data', 'prob'),
  classifier('squeezenet1.0-deepcompression', caffe, 227, 'data', 'logits'),
  classifier('squeezenet-winml-fp16', caffe, 224, 'data_0', 'softmaxout_1'),
  classifier('googlenet-bvlc', caffe, 224, 'data', 'prob'),
  classifier('mobilenetv1-0.25-128-dequant', signed, 128, 'input', 'probabilities'),
  classifier('mobilenetv2-1.0-224-qat-dequant', signed, 224, 'input', 'probabilities'),
  classifier('shufflenet-v2-dequant', imagenet, 224, 'input', 'output'),
  classifier('darknet-tiny', plain, 224, 'input', 'logits'),
  classifier('cifar10-pytorch-tutorial-cnn', signed, 32, 'modelInput', 'modelOutput', 10),
  classifier('cifar10-resnet20-bn', imagenet, 32, 'input', 'logits', 10),
  classifier('cifar10-resnet56', imagenet, 32, 'input', 'logits', 10),
  classifier('mnist-winml', gray, 28, 'Input3', 'Plus214_Output_0', 10),
]

export const classifierPath = ({ name }: Pick<Classifier, 'name'>): string => testdata(`models/${name}.onnx`)

export function displayOf({ recipe, size, input, output }: Classifier): DisplaySpace {
  const labels = JSON.parse(readFileSync(testdata('imagenet-labels.json'), 'utf8')) as string[]
  return { preprocessing: { input, layout: 'NCHW', ...recipe, invert: false, height: size, width: size, fit: 'crop', resize: size > 100 ? Math.round(size * 256 / 224) : size, labels, output: 'logits', outputTensor: output } }
}

/** A photograph as the classifier sees it, in display space. */
export async function photo(name: string, display: DisplaySpace): Promise<FloatTensor> {
  const path = testdata(`images/photos/${name}.jpg`)
  const pixels = await decodePicture(readFileSync(path), path)
  return displayTensor(fitPicture(pixels, display.preprocessing), display.preprocessing.channels === 'GRAY')
}
