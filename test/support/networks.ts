/** Network structures as the engine describes them, made up from the shapes of well-known nets. */
import type { Layer, LayerGroup, LayerKind, NetworkStructure } from '#contract/graph.ts'

interface Spec { readonly kind?: LayerKind; readonly op?: string; readonly fused?: readonly string[]; readonly kernel?: number; readonly parameters?: number; readonly group?: string }

export class StructureBuilder {
  private readonly layers = new Map<string, Layer>()
  private readonly groups = new Map<string, { group: LayerGroup; members: string[] }>()

  group(id: string, signature: string, parent?: string): string {
    const members: string[] = []
    this.groups.set(id, { group: { id, title: id, members, signature, ...(parent === undefined ? {} : { parent }) }, members })
    if (parent !== undefined) this.groups.get(parent)?.members.push(id)
    return id
  }

  maps(id: string, inputs: readonly string[], channels: number, height: number, width = height, spec: Spec = {}): string {
    return this.add(id, inputs, [1, channels, height, width], { type: 'maps', channels, height, width }, spec)
  }

  vector(id: string, inputs: readonly string[], units: number, spec: Spec = {}): string {
    return this.add(id, inputs, [1, units], { type: 'vector', units }, { kind: 'dense', op: 'Gemm', ...spec })
  }

  build(): NetworkStructure {
    return { layers: [...this.layers.values()], groups: [...this.groups.values()].map(({ group }) => group) }
  }

  private add(id: string, inputs: readonly string[], shape: number[], view: Layer['view'], { kind = 'convolution', op = 'Conv', fused = [], kernel, parameters = 0, group }: Spec): string {
    this.layers.set(id, {
      id, title: id, kind, op, fused: [...fused], nodes: [id], outputTensor: id, inputs: [...inputs], outputs: [], shape, view, parameters, macs: parameters * 49,
      sentence: `${op}${kernel === undefined ? '' : ` ${kernel}×${kernel}`} · ${shape.slice(1).join(' × ')}`,
      ...(kernel === undefined ? {} : { window: { kernel: [kernel, kernel], strides: [1, 1], dilations: [1, 1], groups: 1 } }),
      ...(kind === 'convolution' || kind === 'dense' ? { weight: `${id}.weight` } : {}),
    })
    for (const input of inputs) this.layers.get(input)?.outputs.push(id)
    if (group !== undefined) this.groups.get(group)?.members.push(id)
    return id
  }
}

const relu = ['Relu']
const bnRelu = ['BatchNormalization', 'Relu']
const pool = { kind: 'pooling', op: 'MaxPool' } as const

/** Branches and concatenations: eight fire modules. */
export function squeezeNet(): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('data', [], 3, 227, 227, { kind: 'input', op: 'Input' })
  at = b.maps('conv1', [at], 64, 113, 113, { kernel: 3, fused: relu, parameters: 1792 })
  at = b.maps('pool1', [at], 64, 56, 56, pool)
  const fires = [[16, 64, 56], [16, 64, 56], [32, 128, 28], [32, 128, 28], [48, 192, 14], [48, 192, 14], [64, 256, 14], [64, 256, 14]] as const
  fires.forEach(([squeeze, expand, side], index) => {
    const fire = `fire${index + 2}`
    if (index === 2 || index === 4) at = b.maps(`pool${index + 1}`, [at], expand, side, side, pool)
    b.group(fire, 'fire')
    const narrow = b.maps(`${fire}/squeeze1x1`, [at], squeeze, side, side, { kernel: 1, fused: relu, group: fire })
    const one = b.maps(`${fire}/expand1x1`, [narrow], expand, side, side, { kernel: 1, fused: relu, group: fire })
    const three = b.maps(`${fire}/expand3x3`, [narrow], expand, side, side, { kernel: 3, fused: relu, group: fire })
    at = b.maps(`${fire}/concat`, [one, three], expand * 2, side, side, { kind: 'concat', op: 'Concat', group: fire })
  })
  at = b.maps('conv10', [at], 1000, 14, 14, { kernel: 1, fused: relu })
  at = b.vector('pool10', [at], 1000, { kind: 'pooling', op: 'GlobalAveragePool' })
  b.vector('prob', [at], 1000, { kind: 'output', op: 'Softmax' })
  return b.build()
}

/** Bottlenecks with residual joins: [3, 4, 6, 3] is ResNet-50. */
export function resNet(blocks: readonly number[] = [3, 4, 6, 3]): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('input', [], 3, 224, 224, { kind: 'input', op: 'Input' })
  at = b.maps('conv1', [at], 64, 112, 112, { kernel: 7, fused: bnRelu })
  at = b.maps('maxpool', [at], 64, 56, 56, pool)
  blocks.forEach((count, stage) => {
    const width = 64 << stage, side = 56 >> stage
    for (let index = 0; index < count; index++) {
      const block = b.group(`layer${stage + 1}.${index}`, index === 0 ? `down${stage}` : `block${stage}`)
      const one = b.maps(`${block}.conv1`, [at], width, side, side, { kernel: 1, fused: bnRelu, group: block })
      const two = b.maps(`${block}.conv2`, [one], width, side, side, { kernel: 3, fused: bnRelu, group: block })
      const three = b.maps(`${block}.conv3`, [two], width * 4, side, side, { kernel: 1, fused: ['BatchNormalization'], group: block })
      const skip = index === 0 ? b.maps(`${block}.downsample`, [at], width * 4, side, side, { kernel: 1, group: block }) : at
      at = b.maps(`${block}.add`, [three, skip], width * 4, side, side, { kind: 'join', op: 'Add', fused: relu, group: block })
    }
  })
  at = b.vector('avgpool', [at], 2048, { kind: 'pooling', op: 'GlobalAveragePool' })
  b.vector('fc', [at], 1000, { parameters: 2_049_000 })
  return b.build()
}

/** A long plain chain. */
export function vgg19(): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('input', [], 3, 224, 224, { kind: 'input', op: 'Input' })
  ;[[2, 64, 224], [2, 128, 112], [4, 256, 56], [4, 512, 28], [4, 512, 14]].forEach(([count = 0, channels = 0, side = 0], stage) => {
    for (let index = 1; index <= count; index++) at = b.maps(`conv${stage + 1}_${index}`, [at], channels, side, side, { kernel: 3, fused: relu })
    at = b.maps(`pool${stage + 1}`, [at], channels, side / 2, side / 2, pool)
  })
  for (const [id, units] of [['fc6', 4096], ['fc7', 4096], ['fc8', 1000]] as const) at = b.vector(id, [at], units, { fused: id === 'fc8' ? [] : relu })
  return b.build()
}

/** Four-way branches of different length. */
export function googLeNet(): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('data', [], 3, 224, 224, { kind: 'input', op: 'Input' })
  at = b.maps('conv1/7x7_s2', [at], 64, 112, 112, { kernel: 7, fused: relu })
  at = b.maps('pool1', [at], 64, 56, 56, pool)
  at = b.maps('conv2/3x3', [at], 192, 56, 56, { kernel: 3, fused: relu })
  at = b.maps('pool2', [at], 192, 28, 28, pool)
  const modules = ['3a', '3b', '4a', '4b', '4c', '4d', '4e', '5a', '5b']
  modules.forEach((name, index) => {
    const side = index < 2 ? 28 : index < 7 ? 14 : 7
    if (index === 2 || index === 7) at = b.maps(`pool${index === 2 ? 3 : 4}`, [at], 480, side, side, pool)
    const g = b.group(`inception_${name}`, 'inception')
    const conv = (part: string, from: string, channels: number, kernel: number) => b.maps(`${g}/${part}`, [from], channels, side, side, { kernel, fused: relu, group: g })
    const outs = [
      conv('1x1', at, 64, 1), conv('3x3', conv('3x3_reduce', at, 96, 1), 128, 3), conv('5x5', conv('5x5_reduce', at, 16, 1), 32, 5),
      conv('pool_proj', b.maps(`${g}/pool`, [at], 192, side, side, { ...pool, group: g }), 32, 1),
    ]
    at = b.maps(`${g}/output`, outs, 256 + 32 * index, side, side, { kind: 'concat', op: 'Concat', group: g })
  })
  at = b.vector('pool5', [at], 1024, { kind: 'pooling', op: 'AveragePool' })
  at = b.vector('loss3/classifier', [at], 1000)
  b.vector('prob', [at], 1000, { kind: 'output', op: 'Softmax' })
  return b.build()
}

export function mnistNet(): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('Input3', [], 1, 28, 28, { kind: 'input', op: 'Input' })
  at = b.maps('Convolution28', [at], 8, 28, 28, { kernel: 5, fused: relu })
  at = b.maps('Pooling66', [at], 8, 14, 14, pool)
  at = b.maps('Convolution110', [at], 16, 14, 14, { kernel: 5, fused: relu })
  at = b.maps('Pooling160', [at], 16, 4, 4, pool)
  b.vector('Plus214', [at], 10)
  return b.build()
}

/** From a code to a picture. */
export function dcganGenerator(): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.vector('code', [], 100, { kind: 'input', op: 'Input' })
  ;[[512, 4], [256, 8], [128, 16], [64, 32]].forEach(([channels = 0, side = 0], index) => {
    at = b.maps(`deconv${index + 1}`, [at], channels, side, side, { op: 'ConvTranspose', kernel: 4, fused: bnRelu })
  })
  b.maps('picture', [at], 3, 64, 64, { kind: 'output', op: 'Tanh' })
  return b.build()
}

/** Every layer reads all before it in its block. */
export function denseNet(layers = 16): NetworkStructure {
  const b = new StructureBuilder()
  const sources = [b.maps('input', [], 3, 64, 64, { kind: 'input', op: 'Input' })]
  for (let index = 0; index < layers; index++) sources.push(b.maps(`dense${index}`, [...sources], 32, 32, 32, { kernel: 3 }))
  b.vector('classifier', [b.maps('concat', sources, 32 * layers, 32, 32, { kind: 'concat', op: 'Concat' })], 10)
  return b.build()
}

/** A net of any size without groups of its own: a chain with a skip link every fourth layer. */
export function hugeNet(count: number): NetworkStructure {
  const b = new StructureBuilder()
  let at = b.maps('input', [], 3, 64, 64, { kind: 'input', op: 'Input' })
  let skip = at
  for (let index = 0; index < count; index++) {
    const joins = index % 4 === 3
    at = b.maps(`node${index}`, joins ? [at, skip] : [at], 32 << Math.min(4, Math.floor((index * 5) / count)), 32, 32, joins ? { kind: 'join', op: 'Add' } : { kernel: 3, fused: relu })
    if (joins) skip = at
  }
  b.vector('output', [at], 100)
  return b.build()
}
