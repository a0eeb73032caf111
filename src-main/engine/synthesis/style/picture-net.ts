/** A network that makes a picture of a picture, at whatever sizes it takes. */
import { AppError } from '#contract/errors.ts'
import { specialize } from '../../network/compute-model.ts'
import { displayChannels } from '../../network/display-space.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import type { Network } from '../../network/network.ts'
import { pruneTo } from '../../onnx/extract.ts'
import type { Model } from '../../onnx/model.ts'
import { staticDims } from '../../onnx/shapes/dims.ts'
import { inferShapes } from '../../onnx/shapes/infer-shapes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import { describeTask } from '../../preprocessing/model-task.ts'
import type { Extent } from './backbone.ts'

export interface PictureNet {
  readonly output: string
  /** Of the picture that it reads and the one that it makes. */
  readonly channels: { readonly from: 1 | 3; readonly to: 1 | 3 }
  /** Pixels out for one in, each way. */
  readonly factor: number
  readonly channelsLast: boolean
  /** The only extent it takes, where it takes one only. */
  readonly fixed: Extent | undefined
  /** Extents are multiples of it. */
  readonly stride: number
  /** Pixels around a tile of which its middle depends. */
  readonly margin: number
  readonly bytesPerPixel: number
  at(extent: Extent): Model
}

/** What a pixel of a picture that is made in one piece costs: the network's values, and eight of the picture's own. */
export const bytesPerPixel = (net: PictureNet): number => net.bytesPerPixel + 4 * 8

const strides = [1, 2, 4, 8, 16, 32]
const widestMargin = 128
const base = 128

/** Throws 'model-unsupported' for a model that makes no picture. */
export function pictureNet(network: Network, display: DisplaySpace): PictureNet {
  const task = describeTask(network)
  if (task.task !== 'image-to-image' || task.output === undefined)
    throw new AppError('model-unsupported', `${network.summary.name} does not make a picture of a picture: its output is ${network.outputs.map((name) => `'${name}'`).join(', ')}. Use it without feed-forward, as the network that styles are compared in.`)
  const { output } = task
  const { preprocessing } = display
  const from = displayChannels(display)
  const at = ({ height, width }: Extent): Model => {
    const dims = preprocessing.layout === 'NHWC' ? [1, height, width, from] : [1, from, height, width]
    const { model, cut } = specialize(network.normalized, { dims: { [preprocessing.input]: dims }, batch: 1, display: { ...display, preprocessing: { ...preprocessing, height, width } } })
    if (cut?.lost.includes(output)) throw new AppError('shape-mismatch', `${network.summary.name} cannot be computed for ${width} × ${height} pixels: ${cut.reason}`)
    return pruneTo(model, [output])
  }
  const shapeAt = (extent: Extent): readonly number[] | undefined => {
    try {
      const dims = staticDims(inferShapes(at(extent)).get(output)?.shape)
      return dims?.length === 4 ? dims : undefined
    } catch {
      return undefined
    }
  }
  const own: Extent = { height: preprocessing.height, width: preprocessing.width }
  const dims = shapeAt(own)
  if (!dims) throw new AppError('model-unsupported', `The size of what ${network.summary.name} makes is not known before a run.`)
  const channelsLast = dims[1] !== 1 && dims[1] !== 3
  const heightOf = (shape: readonly number[] | undefined): number => shape?.[channelsLast ? 1 : 2] ?? 0
  const factor = heightOf(dims) / own.height
  const stride = strides.find((each) => [base + each, base + 2 * each, base + 3 * each].every((side) => heightOf(shapeAt({ height: side, width: side })) === factor * side))
  const last = network.structure.layers.findLast(({ outputTensor }) => outputTensor === output)
  const field = last?.receptiveField && !last.receptiveField.wholeInput ? Math.max(last.receptiveField.height, last.receptiveField.width) : 2 * widestMargin
  const grid = stride ?? 1
  const probe = at(stride === undefined ? own : { height: base, width: base })
  const facts = inferShapes(probe)
  const activations = probe.graph.nodes.flatMap((node) => node.outputs).map((name) => elementCount(staticDims(facts.get(name)?.shape) ?? [0]))
  const pixels = stride === undefined ? own.height * own.width : base * base
  return {
    output, factor, channelsLast, stride: grid, at,
    channels: { from, to: (channelsLast ? dims[3] : dims[1]) === 1 ? 1 : 3 },
    fixed: stride === undefined ? own : undefined,
    margin: Math.min(widestMargin, Math.ceil(field / 2 / grid) * grid),
    // A run forward holds little more than its largest values at a time.
    bytesPerPixel: (4 * [...activations].sort((a, b) => b - a).slice(0, 6).reduce((sum, each) => sum + each, 0)) / pixels,
  }
}
