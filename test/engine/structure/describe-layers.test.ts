/** Layers of real networks against what their papers and PyTorch say of them. */
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { NetworkStructure } from '#contract/graph.ts'
import type { Layer } from '#contract/graph.ts'
import { nodeName, valueGraphOf } from '#engine/structure/value-graph.ts'
import { anonymous } from '../../support/anonymous.ts'
import { described, opened } from '../../support/opened.ts'
import type { Opened } from '../../support/opened.ts'
import { describeWithTestdata, hasTestdata, testdata } from '../../support/testdata.ts'
import { describeWithTorch, exportTorchvision } from '../../support/torchvision.ts'

const files = hasTestdata ? readdirSync(testdata('models')).filter((name) => name.endsWith('.onnx')) : []
const layer = ({ layers }: Opened, id: string): Layer => {
  const found = layers.find((one) => one.id === id)
  if (!found) throw new Error(`no layer '${id}' among ${layers.map((one) => one.id).join(', ')}`)
  return found
}
const outline = ({ layers }: Opened): readonly string[] => layers.map(({ op, fused }) => [op, ...fused].join('+'))

/** What holds of the structure of any network. */
function expectSound({ model, facts, layers, groups }: Opened): void {
  NetworkStructure.parse({ layers, groups })
  const ids = layers.map(({ id }) => id)
  expect(new Set([...ids, ...groups.map(({ id }) => id)]).size).toBe(ids.length + groups.length)
  // Every node that carries data lies in exactly one layer.
  const values = valueGraphOf(model, facts)
  expect(layers.flatMap(({ nodes }) => nodes).sort()).toEqual(values.dataNodes.map(nodeName).sort())
  // Edges lead forward and are told at both ends.
  for (const [position, one] of layers.entries()) {
    for (const source of one.inputs) expect(ids.indexOf(source)).toBeLessThan(position)
    for (const source of one.inputs) expect(layers[ids.indexOf(source)]?.outputs).toContain(one.id)
  }
  expect(layers.flatMap(({ inputs }) => inputs).length).toBe(layers.flatMap(({ outputs }) => outputs).length)
  // Groups nest, hold each member once, and are runs of consecutive layers.
  const members = groups.flatMap((group) => group.members)
  expect(new Set(members).size).toBe(members.length)
  const byId = new Map(groups.map((group) => [group.id, group]))
  const layersOf = (id: string): number[] => byId.get(id)?.members.flatMap(layersOf) ?? [ids.indexOf(id)]
  for (const group of groups) {
    const inside = layersOf(group.id)
    expect(inside).toEqual(Array.from({ length: inside.length }, (_, index) => (inside[0] ?? -1) + index))
    expect(group.members.length).toBeGreaterThan(1)
    for (const member of group.members) if (byId.has(member)) expect(byId.get(member)?.parent).toBe(group.id)
  }
}

describeWithTestdata('structure of the test models', () => {
  it.each(files)('%s is sound, with and without names', async (file) => {
    const net = await opened(testdata(`models/${file}`))
    expectSound(net)
    expectSound(described(anonymous(net.model)))
    expect(net.layers.filter(({ shape }) => shape.length === 0)).toEqual([])
  })

  it('names the layers of a Caffe net as the file does, and says what they are', async () => {
    const net = await opened(testdata('models/squeezenet1.1-caffe.onnx'))
    expect(layer(net, 'fire4/expand3x3')).toMatchObject({
      kind: 'convolution', op: 'Conv', fused: ['Relu'], nodes: ['fire4/expand3x3', 'fire4/relu_expand3x3'], outputTensor: 'fire4/relu_expand3x3', preActivationTensor: 'fire4/expand3x3',
      inputs: ['fire4/squeeze1x1'], outputs: ['fire4'], shape: [1, 128, 28, 28], view: { type: 'maps', channels: 128, height: 28, width: 28 },
      parameters: 32 * 128 * 9 + 128, macs: 28 * 28 * 128 * 32 * 9, weight: 'fire4/expand3x3/w', bias: 'fire4/expand3x3/b', receptiveField: { height: 47, width: 47, wholeInput: false },
      window: { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], groups: 1 },
      sentence: 'Conv 3×3, 32 → 128 channels, stride 1 · ReLU · 28 × 28 · sees 47 px',
    })
    expect(layer(net, 'pool10').sentence).toBe('Global average pool · 1000 units · sees the whole picture')
    expect(layer(net, 'data').sentence).toBe('Picture, three color channels · 227 × 227')
  })

  it('shows the answer once: an output that is its last layer is no layer of its own', async () => {
    const net = await opened(testdata('models/squeezenet1.1-caffe.onnx'))
    expect(net.layers.filter(({ kind }) => kind === 'output')).toEqual([])
    expect(net.layers.at(-1)).toMatchObject({ id: 'prob', op: 'Softmax', outputs: [] })
  })

  it('takes names from weights where nodes have none', async () => {
    expect((await opened(testdata('models/super-resolution.onnx'))).layers.map(({ id }) => id)).toEqual(['input', 'conv1', 'conv2', 'conv3', 'conv4', 'output', 'output (picture)'])
    const fp16 = await opened(testdata('models/squeezenet-winml-fp16.onnx'))
    expect(fp16.layers.slice(0, 5).map(({ id }) => id)).toEqual(['data_0', 'conv1', 'pool1_1', 'fire2/squeeze1x1', 'fire2/expand1x1'])
  })

  it('fuses normalisation, bias and activation, and padding that precedes', async () => {
    expect(outline(await opened(testdata('models/darknet-tiny.onnx'))).slice(0, 4)).toEqual(['Input', 'Conv+BatchNormalization+LeakyRelu', 'MaxPool', 'Conv+BatchNormalization+LeakyRelu'])
    expect(outline(await opened(testdata('models/fast-style-candy.onnx'))).slice(1, 7)).toEqual([...Array<string>(4).fill('Conv+Pad+InstanceNormalization+Relu'), 'Conv+Pad+InstanceNormalization', 'Add'])
    const cntk = await opened(testdata('models/mnist-winml.onnx'))
    expect(outline(cntk)).toEqual(['Input', 'Conv+Add+Relu', 'MaxPool', 'Conv+Add+Relu', 'MaxPool', 'MatMul+Add'])
    expect(layer(cntk, 'Times212')).toMatchObject({ weight: 'Parameter193_reshape1', bias: 'Parameter194', parameters: 2570, sentence: 'Dense, 256 → 10 units · sees the whole picture' })
  })

  it('sees a pixel shuffle and a channel shuffle in what exporters make of them', async () => {
    expect(outline(await opened(testdata('models/super-resolution.onnx'))).at(-2)).toBe('PixelShuffle')
    const shuffle = await opened(testdata('models/shufflenet-v2-12-int8.onnx'))
    expect(shuffle.layers.filter(({ op }) => op === 'ChannelShuffle')).toHaveLength(16)
    expect(shuffle.layers.filter(({ op }) => op === 'QLinearConv')).toHaveLength(56)
    expect(shuffle.layers.find(({ op }) => op === 'QLinearConv')?.gradientRefused).toMatch(/float32/)
  })

  it('describes a generator without pretending that it sees a picture', async () => {
    const net = await opened(testdata('models/mnist-dcgan-generator.onnx'))
    expect(layer(net, 'z')).toMatchObject({ view: { type: 'vector', units: 64 }, sentence: 'Input · 64 units' })
    expect(layer(net, 'gen.0.0').sentence).toMatch(/^Transposed conv 3×3, 64 → 256 channels/)
    expect(net.layers.at(-1)).toMatchObject({ kind: 'output', view: { type: 'maps', channels: 1 } })
    expect(net.layers.filter(({ receptiveField }) => receptiveField)).toEqual([])
    expect(net.layers.filter(({ op }) => op === 'ConvTranspose').map(({ fused }) => fused.at(-1))).toEqual(['Relu', 'Relu', 'Relu', 'Tanh'])
  })
})

describeWithTorch('structure of torchvision networks', () => {
  it.each([['resnet50', 13], ['googlenet', 11], ['mobilenet_v3_small', 14], ['shufflenet_v2_x1_0', 13], ['efficientnet_b0', 13], ['convnext_tiny', 13], ['swin_t', 16], ['vit_b_16', 14], ['densenet121', 13], ['inception_v3', 13]] as const)('%s is sound, with and without names', async (name, opset) => {
    const net = await opened(exportTorchvision(name, opset))
    expectSound(net)
    expectSound(described(anonymous(net.model)))
  })

  // Araujo, Norris, Sim 2019: AlexNet 195, VGG-16 212. ResNets here stride in the first unit of a stage (427 for 50 layers); theirs in the last (483, see receptive-field.test.ts).
  it.each([
    ['alexnet', 15, 'features.12', 195], ['vgg16', 13, 'features.30', 212], ['resnet50', 13, 'layer4.2.Add', 427], ['resnet18', 12, 'layer4.1.Add', 435],
  ] as const)('%s at operator set %i: %s sees %i pixels', async (name, opset, id, size) => {
    expect(layer(await opened(exportTorchvision(name, opset)), id).receptiveField).toEqual({ height: size, width: size, wholeInput: false })
  })

  it('names what PyTorch calls by its modules, each name once', async () => {
    const net = await opened(exportTorchvision('resnet50', 13))
    expect(layer(net, 'layer3.5.conv2')).toMatchObject({ shape: [1, 256, 14, 14], fused: ['Relu'] })
    expect(net.layers.slice(0, 6).map(({ id }) => id)).toEqual(['input', 'conv1', 'maxpool', 'layer1.0.conv1', 'layer1.0.conv2', 'layer1.0.conv3'])
    expect(layer(net, 'fc').sentence).toBe('Dense, 2048 → 1000 units · sees the whole picture')
  })

  it('sees attention, layer normalisation and Gelu in the arithmetic of a transformer', async () => {
    const net = await opened(exportTorchvision('vit_b_16', 14))
    const block = ['LayerNormalization', 'MatMul+Add', 'Attention', 'Gemm', 'Add', 'LayerNormalization', 'MatMul+Add+Gelu', 'MatMul+Add', 'Add']
    expect(outline(net)).toEqual(['Input', 'Conv', 'Concat', 'Add', ...Array.from({ length: 12 }, () => block).flat(), 'LayerNormalization', 'Gather', 'Gemm'])
    expect(net.layers.find(({ op }) => op === 'Attention')).toMatchObject({ view: { type: 'tokens', tokens: 197, units: 768 }, macs: 2 * 197 * 197 * 768, receptiveField: { wholeInput: true } })
    expect(layer(net, 'conv_proj').receptiveField).toMatchObject({ height: 16, wholeInput: false })
    expect(layer(net, 'encoder.layers.encoder_layer_0.mlp.0').sentence).toBe('Dense, 768 → 3072 units · GELU · 197 tokens of 3072 · sees the whole picture')
  })

  it('sees the windows of a shifted-window transformer and pictures its maps channels last', async () => {
    const net = await opened(exportTorchvision('swin_t', 16))
    expect(net.layers.filter(({ op }) => op === 'Attention')).toHaveLength(12)
    expect(net.layers.filter(({ op }) => op === 'LayerNormalization')).toHaveLength(29)
    // Patches of 4 pixels in windows of 7: a unit at one edge of its window sees the other edge.
    expect(net.layers.find(({ op }) => op === 'Attention')?.receptiveField).toEqual({ height: 4 + 2 * 6 * 4, width: 4 + 2 * 6 * 4, wholeInput: false })
    expect(net.layers.filter(({ view }) => view.type === 'maps' && view.channelsLast).length).toBeGreaterThan(20)
  })

  it('names SiLU and the squeezing of channels', async () => {
    const net = await opened(exportTorchvision('efficientnet_b0', 13))
    expect(outline(net).filter((text) => text === 'Conv+SiLU').length).toBe(49)
    expect(net.layers.filter(({ op, kind }) => op === 'Mul' && kind === 'join')).toHaveLength(16)
  })
})
