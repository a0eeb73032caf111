/** What a model does with a picture, read off its inputs, its outputs and the names its authors gave. */
import type { OpenModel } from '#contract/models.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { displayName, labelsOf } from '../onnx/metadata.ts'
import type { Network } from '../network/network.ts'
import { logitsOf } from '../network/logits.ts'
import { guessLabels } from './labels.ts'
import { findPictureInput } from './picture-input.ts'
import type { PictureInput } from './picture-input.ts'

export type Task = OpenModel['task']

/** The part of a network that decides. */
export type Described = Pick<Network, 'original' | 'compute' | 'facts' | 'inputs' | 'outputs' | 'summary'>

export interface ModelTask {
  readonly task: Task
  /** Absent for generators and whatever takes no picture. */
  readonly input?: PictureInput
  /** The output that holds one score a class, or the picture; the first output of the rest. */
  readonly output?: string
  /** One score a class, before Softmax or Sigmoid where there is one. */
  readonly logits?: string
  readonly classes: number
  readonly labels: readonly string[]
  readonly holds: Preprocessing['output']
}

const smallestPicture = 8

export function describeTask(network: Described): ModelTask {
  const input = findPictureInput(network.inputs)
  const shapes = network.outputs.map((name) => ({ name, shape: network.facts.get(name)?.shape ?? [] }))
  const picture = shapes.find(({ shape }) => isPictureShape(shape))
  // A flattened picture and a latent vector look the same; what comes out tells them apart.
  if (picture && (!input || input.dims.length <= 2)) return { task: 'generator', output: picture.name, classes: 0, labels: [], holds: 'none' }
  if (!input) return { task: 'other', ...(network.outputs[0] === undefined ? {} : { output: network.outputs[0] }), classes: 0, labels: [], holds: 'none' }
  if (picture) return { task: 'image-to-image', input, output: picture.name, classes: 0, labels: [], holds: 'none' }

  const text = `${displayName(network.original)} ${network.summary.name} ${network.original.graph.name} ${network.original.doc}`
  const stated = labelsOf(network.original)
  const vectors = shapes.map(({ name, shape }) => ({ name, classes: vectorLength(shape) })).filter(({ classes }) => classes > 0)
  // Auxiliary heads come after the main one; a head of known class names goes first.
  const named = vectors.find(({ classes }) => classes === stated?.length)
  const head = named ?? vectors[0]
  if (!head) return { task: 'other', input, ...(network.outputs[0] === undefined ? {} : { output: network.outputs[0] }), classes: 0, labels: [], holds: 'none' }
  const logits = logitsOf(network.compute.graph, head.name)
  const normalized = logits !== head.name
  const known = named ? stated : guessLabels({ classes: head.classes, channels: input.channels, extent: Math.max(input.height, input.width), text: `${text} ${statedTask(network)}` })?.labels
  const names = `${text} ${head.name} ${[...network.original.graph.initializers.keys()].slice(0, 8).join(' ')}`
  if (!known && !normalized && isEmbedding(head.classes, names)) return { task: 'encoder', input, output: head.name, classes: 0, labels: [], holds: 'none' }
  if (head.classes === 1 && !normalized) return { task: 'other', input, output: head.name, classes: 0, labels: [], holds: 'none' }
  return { task: 'classifier', input, output: head.name, logits, classes: head.classes, labels: known ?? [], holds: holdsOf(network, head.name, normalized) }
}

/** LogSoftmax gives logarithms, which are logits too. */
function holdsOf(network: Described, output: string, normalized: boolean): Preprocessing['output'] {
  if (!normalized) return 'logits'
  const writers = network.compute.graph.nodes.filter((node) => node.outputs.includes(output))
  return writers.some((node) => node.opType === 'LogSoftmax') ? 'logits' : 'probabilities'
}

const statedTask = (network: Described): string => [...network.original.metadata.values()].filter((value) => value.length < 200).join(' ')

/** [N, C, H, W] or [N, H, W, C] with 1, 3 or 4 channels, or the same without a batch or channel axis. */
function isPictureShape(shape: readonly unknown[]): boolean {
  const dims = shape.map((dim) => (typeof dim === 'number' ? dim : smallestPicture))
  const last = dims.at(-1) ?? 0, first = dims.at(-3) ?? 0
  if (dims.length !== 4 && dims.length !== 3) return false
  const isChannels = (dim: number): boolean => dim === 1 || dim === 3 || dim === 4
  const planar = isChannels(first) && (dims.at(-2) ?? 0) >= smallestPicture && last >= smallestPicture
  const interleaved = isChannels(last) && first >= smallestPicture && (dims.at(-2) ?? 0) >= smallestPicture
  return planar || interleaved
}

/** Number of elements of one picture's answer where it is a vector ([N, K], [N, K, 1, 1], [1, 1, 1, K]); 0 where it is anything else. */
function vectorLength(shape: readonly unknown[]): number {
  const dims = shape.slice(shape.length > 1 ? 1 : 0)
  const lengths = dims.filter((dim): dim is number => typeof dim === 'number')
  if (shape.length === 0 || lengths.length !== dims.length) return 0
  const long = lengths.filter((dim) => dim > 1)
  return long.length === 0 ? 1 : long.length === 1 ? long[0]! : 0
}

const usualEmbeddings = new Set([64, 128, 192, 256, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 4096])
const saysEmbedding = /encod|embed|feature|latent|backbone|clip|dino|\bmu\b|\bz_?mean/i

/** An answer without class names is a point in some space where its name or its usual width says so. */
const isEmbedding = (width: number, names: string): boolean => saysEmbedding.test(names) || usualEmbeddings.has(width)
