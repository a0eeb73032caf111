/** Between a picture as it is shown (0..1, RGB, planar) and the tensor that a model wants, as standard nodes: gradients pass. */
import type { Preprocessing } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import { attributesOf, int, ints } from '../onnx/attributes.ts'
import { indexGraph } from '../onnx/graph.ts'
import { dataTypes } from '../onnx/model.ts'
import type { Attribute, DataType, Model, Node, Tensor } from '../onnx/model.ts'
import { elementCount, float32Tensor, int64Tensor } from '../onnx/tensor-data.ts'

export interface DisplaySpace {
  readonly preprocessing: Preprocessing
  /** The picture is shown to the model inverted (light digits on dark): decided per picture where the record says `invert`. */
  readonly inverted?: boolean
}

/** Channels of a picture in that space: 1 for a grey model, 3 for any other. */
export const displayChannels = ({ preprocessing }: DisplaySpace): 1 | 3 => (preprocessing.channels === 'GRAY' ? 1 : 3)

/** What of the space shapes the graph; spaces with equal keys share sessions. */
export function displayKey({ preprocessing: { input, layout, channels, scale, mean, std, height, width }, inverted }: DisplaySpace): string {
  return JSON.stringify([input, layout, channels, scale, mean, std, height, width, inverted === true])
}

/**
 * input_c = (scale p - mean_c) / std_c = gain_c p + offset_c, in the model's channel order; p is 1 - q for an inverted picture q.
 */
export function affineOf({ preprocessing: { scale, mean, std }, inverted }: DisplaySpace, channels: number): { gain: Float32Array; offset: Float32Array } {
  const gain = new Float32Array(channels)
  const offset = new Float32Array(channels)
  for (let channel = 0; channel < channels; channel++) {
    const deviation = std[channel] ?? std[0] ?? 1
    const slope = scale / deviation
    const constant = -(mean[channel] ?? mean[0] ?? 0) / deviation
    gain[channel] = inverted ? -slope : slope
    offset[channel] = inverted ? constant + slope : constant
  }
  return { gain, offset }
}

/**
 * The model with `display` ([N, C, H, W] in display space) as its input in place of the one that the record describes, whose
 * name the affine's result takes. `dims` is the shape that the model gives that input, batch included.
 */
export function withDisplayInput(model: Model, space: DisplaySpace, display: string, dims: readonly number[]): Model {
  const { graph } = model
  const { input: name, layout, channels: order, height, width } = space.preprocessing
  const input = graph.inputs.find((candidate) => candidate.name === name)
  if (input?.type?.kind !== 'tensor')
    throw new AppError('preprocessing-invalid', `The preprocessing record describes the input '${name}', which the model does not have. Its inputs are ${graph.inputs.map((candidate) => `'${candidate.name}'`).join(', ')}.`)
  const channels = displayChannels(space)
  const batch = elementCount(dims) / (channels * height * width)
  if (!Number.isInteger(batch))
    throw new AppError('preprocessing-invalid', `The input '${name}' of shape [${dims.join(', ')}] does not hold pictures of ${channels} × ${height} × ${width}. Correct the preprocessing record.`)

  const nodes: Node[] = []
  const initializers = new Map<string, Tensor>(graph.initializers)
  const add = (step: string, opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string => {
    const output = `${display}/${step}`
    nodes.push({ name: output, opType, domain: '', inputs, outputs: [output], attributes: attributesOf(attributes) })
    return output
  }
  const constant = (step: string, tensor: Tensor): string => {
    initializers.set(`${display}/${step}`, tensor)
    return `${display}/${step}`
  }

  const { gain, offset } = affineOf(space, channels)
  const ordered = order === 'BGR' ? add('bgr', 'Gather', [display, constant('order', int64Tensor([3], [2, 1, 0]))], { axis: int(1) }) : display
  const scaled = add('scaled', 'Mul', [ordered, constant('gain', float32Tensor([1, channels, 1, 1], gain))])
  const shifted = add('shifted', 'Add', [scaled, constant('offset', float32Tensor([1, channels, 1, 1], offset))])
  const laidOut = layout === 'NHWC' ? add('nhwc', 'Transpose', [shifted], { perm: ints([0, 2, 3, 1]) }) : shifted
  const wanted = layout === 'NHWC' ? [batch, height, width, channels] : [batch, channels, height, width]
  const shaped = wanted.join() === dims.join() ? laidOut : add('shaped', 'Reshape', [laidOut, constant('shape', int64Tensor([dims.length], dims))])
  const fed = fedType(model, name, input.type.dataType)
  // The last step takes the input's name.
  nodes.push({ name: `${display}/${name}`, opType: fed === 'float32' ? 'Identity' : 'Cast', domain: '', inputs: [shaped], outputs: [name], attributes: attributesOf(fed === 'float32' ? {} : { to: int(dataTypes.indexOf(fed)) }) })

  const picture = { name: display, type: { kind: 'tensor', dataType: 'float32', shape: [batch, channels, height, width] } } as const
  return { ...model, graph: { ...graph, nodes: [...nodes, ...graph.nodes], initializers, inputs: graph.inputs.map((candidate) => (candidate === input ? picture : candidate)) } }
}

/** An integer input that the model only casts is given its numbers unrounded, so that gradients pass the cast. */
function fedType(model: Model, name: string, dataType: DataType): DataType {
  const readers = indexGraph(model.graph).consumers.get(name) ?? []
  return readers.every((node) => node.opType === 'Cast') ? 'float32' : dataType
}
