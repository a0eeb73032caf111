/** A small invented classifier, as the engine would describe it. */
import type { KernelLayer } from '#contract/activations.ts'
import type { Layer } from '#contract/graph.ts'
import type { OpenModel } from '#contract/models.ts'
import type { Preprocessing, PreprocessingRecord } from '#contract/preprocessing.ts'
import type { FileSource } from '#contract/wire.ts'

interface Block { readonly id: string; readonly kind: Layer['kind']; readonly op: string; readonly channels: number; readonly size: number; readonly kernel?: number }

const blocks: readonly Block[] = [
  { id: 'conv1', kind: 'convolution', op: 'Conv', channels: 32, size: 48, kernel: 5 },
  { id: 'pool1', kind: 'pooling', op: 'MaxPool', channels: 32, size: 24 },
  { id: 'block2/conv_a_with_a_rather_long_name_of_its_own', kind: 'convolution', op: 'Conv', channels: 64, size: 24, kernel: 3 },
  { id: 'block2/conv_b', kind: 'convolution', op: 'Conv', channels: 64, size: 24, kernel: 3 },
  { id: 'pool2', kind: 'pooling', op: 'MaxPool', channels: 64, size: 12 },
  { id: 'block3/squeeze', kind: 'convolution', op: 'Conv', channels: 96, size: 12, kernel: 1 },
  { id: 'block3/expand', kind: 'convolution', op: 'Conv', channels: 128, size: 12, kernel: 3 },
  { id: 'global_pool', kind: 'pooling', op: 'GlobalAveragePool', channels: 128, size: 1 },
  { id: 'classifier', kind: 'dense', op: 'Gemm', channels: 24, size: 0 },
]

export const fakeLabels = ['goldfish', 'tree frog', 'peacock', 'macaw', 'koala', 'king penguin', 'grey whale', 'golden retriever', 'red fox', 'tabby', 'tiger', 'ladybug', 'monarch', 'starfish', 'zebra', 'armadillo', 'African elephant', 'hot-air balloon', 'lighthouse', 'sailing boat', 'umbrella', 'tea pot', 'bell pepper', 'a class with a name long enough to be cut off somewhere']

export const fakePreprocessing: Preprocessing = {
  input: 'input', layout: 'NCHW', channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], invert: false,
  height: 96, width: 96, fit: 'crop', resize: 104, labels: fakeLabels, output: 'logits', outputTensor: 'logits',
}

export function fakeRecord(guessed: boolean, sure = 0.93): PreprocessingRecord {
  return {
    preprocessing: fakePreprocessing, source: guessed ? 'guessed' : 'metadata', confirmed: !guessed,
    note: guessed ? `Guessed: of 3 usual ways to prepare a picture, ‘ImageNet, RGB’ fits best (${Math.round(100 * sure)} % sure).` : 'Read from the model’s own metadata.',
    candidates: [
      { id: 'imagenet', title: 'ImageNet, RGB', score: sure, normalization: { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } },
      { id: 'zero-one', title: 'RGB 0..1', score: (1 - sure) * 0.8, normalization: { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } },
      { id: 'caffe', title: 'Caffe, BGR 0..255', score: (1 - sure) * 0.2, normalization: { channels: 'BGR', scale: 255, mean: [103.94, 116.78, 123.68], std: [1, 1, 1] } },
    ],
  }
}

export function fakeLayers(): Layer[] {
  return blocks.map((block, index): Layer => {
    const before = blocks[index - 1]?.channels ?? 3
    const kernel = block.kernel
    const parameters = kernel === undefined ? (block.kind === 'dense' ? before * block.channels + block.channels : 0) : block.channels * before * kernel * kernel + block.channels
    const size = block.size
    return {
      id: block.id, title: block.id, kind: block.kind, op: block.op, fused: kernel === undefined ? [] : ['Relu'], nodes: [block.id], outputTensor: `${block.id}_out`,
      inputs: index === 0 ? ['input'] : [blocks[index - 1]?.id ?? ''], outputs: blocks[index + 1] === undefined ? [] : [blocks[index + 1]?.id ?? ''],
      shape: size === 0 ? [1, block.channels] : [1, block.channels, size, size],
      view: size === 0 ? { type: 'vector', units: block.channels } : { type: 'maps', channels: block.channels, height: size, width: size },
      parameters, macs: parameters * Math.max(1, size * size),
      ...(kernel === undefined ? {} : { window: { kernel: [kernel, kernel], strides: [1, 1], dilations: [1, 1], groups: 1 } }),
      receptiveField: { height: 5 + 8 * index, width: 5 + 8 * index, wholeInput: size <= 1 },
      ...(parameters > 0 ? { weight: `${block.id}.weight`, bias: `${block.id}.bias` } : {}),
      sentence: kernel === undefined ? `${block.op} · ${block.channels} units` : `Conv ${kernel}×${kernel}, ${before} → ${block.channels} channels, stride 1 · ReLU · ${size} × ${size} · sees ${5 + 8 * index} px`,
    }
  })
}

export function fakeKernelLayers(): KernelLayer[] {
  return fakeLayers().filter(({ parameters }) => parameters > 0).map((layer): KernelLayer => {
    const outputs = layer.view.type === 'maps' ? layer.view.channels : 24
    const inputsPerGroup = layer.id === 'conv1' ? 3 : layer.kind === 'dense' ? 128 : outputs / 2
    return {
      layer: layer.id, title: layer.title, outputs, inputsPerGroup, kernel: layer.window?.kernel ?? [1, 1], groups: 1, parameters: layer.parameters,
      extent: 0.6, statistics: { min: -0.58, max: 0.6, mean: 0.002, std: 0.11, active: 0.49 }, color: layer.id === 'conv1', dense: layer.kind === 'dense',
    }
  })
}

export function fakeModel(handle: string, name: string, source: FileSource, record: PreprocessingRecord): OpenModel {
  const layers = fakeLayers()
  return {
    model: handle, source, task: 'classifier', preprocessing: record, structure: { layers, groups: [] },
    summary: {
      name, producer: 'phosphene', irVersion: 8, opset: 17, bytes: 1_240_000, parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
      macs: layers.reduce((sum, { macs }) => sum + macs, 0), nodes: 15, inputs: [{ name: 'input', dataType: 'float32', shape: [1, 3, 96, 96] }],
      outputs: [{ name: 'logits', dataType: 'float32', shape: [1, 24] }], operators: [{ op: 'Conv', domain: '', count: 5, gradient: 'differentiable' }], metadata: {},
    },
  }
}
