/** Readable names of layers, from what exporters leave behind: node names, names of weights, names of tensors. */
import type { Draft } from './draft.ts'

/** Names that exporters count out: 'Conv_12', 'onnx::Conv_193', '617', 'node_conv2d_3'. */
function saysNothing(name: string, op: string): boolean {
  const last = name.split(/[/.]/).at(-1) ?? ''
  return name === '' || /^\d+$/.test(name) || /^onnx::/.test(name) || /^(node|val|n|tensor|graph_output|intermediate)_?\w*?\d+$/i.test(name) || (last === name && new RegExp(`^(fused )?(QLinear)?${op.replace(/^QLinear/, '')}[_ ]?\\d*$`).test(name))
}

const weightSuffix = /[._/](weights?|kernel|w|weight_0|w_0|bias|b|b_0|gamma|W|B)(:0)?(_quantized|_scale|_zero_point|_dequantized)?$/
const tensorSuffix = /(_output_\d+|:\d+|_dequantized|_quantized)$/
const noise = [/^fused /, /_?quant(ized)?$/, /_DequantizeLinear.*$/, /^StatefulPartitionedCall\//, /^(import\/|model\/)/]

const cleaned = (name: string): string => noise.reduce((text, pattern) => text.replace(pattern, ''), name)

/**
 * PyTorch names a node by the modules it is called from: '/layer1/layer1.0/conv1/Conv'. The modules as a path, each name
 * once ('layer1', '0', 'conv1'), and the operator with its count within them ('Conv').
 */
function torchPath(name: string): { readonly modules: string; readonly call: string } | undefined {
  if (!name.startsWith('/')) return undefined
  const parts = name.slice(1).split('/')
  const call = parts.pop() ?? ''
  let modules = ''
  let previous = ''
  for (const part of parts) {
    modules = previous !== '' && part.startsWith(`${previous}.`) ? modules + part.slice(previous.length) : modules === '' ? part : `${modules}.${part}`
    previous = part
  }
  return { modules, call }
}

interface Candidate {
  readonly draft: Draft
  /** Where it stands; shared by several layers when one module makes several. */
  readonly place: string
  /** What tells it from the others there. */
  readonly call: string
}

function candidateOf(draft: Draft): Candidate {
  const { main } = draft
  const node = main.nodes.at(-1)
  if (!node) return { draft, place: main.outputs[0] ?? '', call: '' }
  const path = torchPath(node.name)
  if (path) return { draft, place: path.modules, call: path.call }
  const weights = main.nodes.flatMap(({ inputs }) => inputs.slice(1)).find((name) => weightSuffix.test(name) && !saysNothing(name, node.opType))
  const choices = [cleaned(node.name), weights ? cleaned(weights.replace(weightSuffix, '')) : '', cleaned((node.outputs[0] ?? '').replace(tensorSuffix, ''))]
  const place = choices.find((name) => !saysNothing(name, node.opType) && !saysNothing(name, main.op)) ?? ''
  // TensorFlow and others end a path with the operator: 'block1/conv1/Conv2D'.
  const parts = place.split('/')
  const ends = parts.length > 1 && /^(Conv2D|BiasAdd|MatMul|Relu|MaxPool|AvgPool|depthwise|separable_conv2d|Conv|Gemm|add|Add|concat|Concat)(_\d+)?$/.test(parts.at(-1) ?? '')
  return ends ? { draft, place: parts.slice(0, -1).join('/'), call: parts.at(-1) ?? '' } : { draft, place, call: '' }
}

/** Titles by layer, all different: the place where it is unique, else place and call, else operator and count. */
export function titlesOf(drafts: readonly Draft[]): ReadonlyMap<Draft, string> {
  const candidates = drafts.map(candidateOf)
  const places = new Map<string, number>()
  for (const { place } of candidates) {
    places.set(place, (places.get(place) ?? 0) + 1)
    // 'layer1.0' is no name for one layer when 'layer1.0.conv1' is another's.
    for (let end = place.lastIndexOf('.'); end > 0; end = place.lastIndexOf('.', end - 1)) places.set(place.slice(0, end), (places.get(place.slice(0, end)) ?? 0) + 1)
  }
  const used = new Set<string>()
  const counts = new Map<string, number>()
  const titles = new Map<Draft, string>()
  for (const { draft, place, call } of candidates) {
    const { op } = draft.main
    const wanted = op === 'Output' && used.has(place) ? `${place} (picture)` : place === '' ? '' : places.get(place) === 1 || call === '' ? place : `${place}.${call}`
    const title = wanted === '' ? counted(op, counts, used) : distinct(wanted, used)
    used.add(title)
    titles.set(draft, title)
  }
  return titles
}

function counted(op: string, counts: Map<string, number>, used: ReadonlySet<string>): string {
  let title: string
  do {
    counts.set(op, (counts.get(op) ?? 0) + 1)
    title = `${op} ${counts.get(op)}`
  } while (used.has(title))
  return title
}

function distinct(wanted: string, used: ReadonlySet<string>): string {
  let title = wanted
  for (let number = 2; used.has(title); number++) title = `${wanted} (${number})`
  return title
}
