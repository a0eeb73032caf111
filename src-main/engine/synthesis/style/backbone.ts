/** The part of a network that style transfer looks through, from pictures in display space of one size to the layers asked for. */
import { AppError } from '#contract/errors.ts'
import type { Value } from '../../autodiff/emit.ts'
import { specialize } from '../../network/compute-model.ts'
import { displayChannels } from '../../network/display-space.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import { findLayer } from '../../network/find-layer.ts'
import { displayInput } from '../../network/network.ts'
import type { Network } from '../../network/network.ts'
import { pruneTo } from '../../onnx/extract.ts'
import type { Model } from '../../onnx/model.ts'
import type { Fact } from '../../onnx/shapes/define-shape.ts'
import { staticDims } from '../../onnx/shapes/dims.ts'
import { inferShapes } from '../../onnx/shapes/infer-shapes.ts'

export interface Extent { readonly height: number; readonly width: number }

/** A layer's value at one picture size: `channels` maps of `positions` = `height` x `width`. */
export interface Tap {
  readonly layer: string
  readonly value: Value
  readonly channelsLast: boolean
  readonly channels: number
  readonly height: number
  readonly width: number
}

export interface Backbone {
  readonly model: Model
  readonly facts: ReadonlyMap<string, Fact>
  /** [1, C, H, W] in display space. */
  readonly picture: Value
  readonly taps: ReadonlyMap<string, Tap>
}

export class BackboneSource {
  readonly network: Network
  readonly display: DisplaySpace

  constructor(network: Network, display: DisplaySpace) {
    this.network = network
    this.display = display
  }

  get channels(): 1 | 3 {
    return displayChannels(this.display)
  }

  /** Throws 'layer-invalid' for a layer that the network does not have, has no maps, or cannot be computed at that size. */
  at({ height, width }: Extent, layers: readonly string[]): Backbone {
    const { network, channels } = this
    const display: DisplaySpace = { ...this.display, preprocessing: { ...this.display.preprocessing, height, width } }
    const { input, layout } = display.preprocessing
    const declared = network.inputs.find(({ name }) => name === input)?.dims ?? []
    if (declared.length !== 4) throw new AppError('model-unsupported', `Style transfer needs a network of pictures of any size; the input '${input}' of this one is [${declared.join(', ')}].`)
    const dims = layout === 'NHWC' ? [1, height, width, channels] : [1, channels, height, width]
    const { model, cut } = specialize(network.normalized, { dims: { [input]: dims }, batch: 1, display })
    const found = [...new Set(layers)].map((name) => findLayer(network, name))
    const known = new Set([...model.graph.inputs.map(({ name }) => name), ...model.graph.nodes.flatMap((node) => node.outputs)])
    const lost = found.find(({ outputTensor }) => !known.has(outputTensor))
    if (lost) throw new AppError('layer-invalid', `'${lost.title}' cannot be computed for a picture of ${width} × ${height}${cut ? `: ${cut.reason}` : '.'} Choose an earlier layer.`)
    const part = pruneTo(model, found.map(({ outputTensor }) => outputTensor))
    const facts = inferShapes(part)
    const others = part.graph.inputs.filter(({ name }) => name !== displayInput)
    if (others.length > 0) throw new AppError('input-required', `The network also reads ${others.map(({ name }) => `'${name}'`).join(', ')}: style transfer needs a network of one picture.`)
    return {
      model: part, facts,
      picture: { name: displayInput, dataType: 'float32', dims: [1, channels, height, width] },
      taps: new Map(found.map(({ id, title, outputTensor, view }) => [id, tapOf(id, title, outputTensor, view.type === 'maps' && view.channelsLast === true, facts)])),
    }
  }
}

function tapOf(layer: string, title: string, tensor: string, channelsLast: boolean, facts: ReadonlyMap<string, Fact>): Tap {
  const dims = staticDims(facts.get(tensor)?.shape)
  if (dims?.length !== 4) throw new AppError('layer-invalid', `'${title}' has no feature maps: its value is of shape [${(facts.get(tensor)?.shape ?? ['unknown']).join(', ')}]. Choose a convolution, a concatenation or a sum before it.`)
  const [, a = 1, b = 1, c = 1] = dims
  const [channels, height, width] = channelsLast ? [c, a, b] : [a, b, c]
  return { layer, channelsLast, channels, height, width, value: { name: tensor, dataType: 'float32', dims } }
}
