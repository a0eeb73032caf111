/** A model in the form that the device computes right and fast: what a provider of onnxruntime gets wrong or slow is avoided here, for every session alike. */
import type { DeviceId } from '#contract/application.ts'
import { expandLrn } from '../onnx/expand-lrn.ts'
import type { Model } from '../onnx/model.ts'
import { padConvChannels } from '../onnx/pad-conv-channels.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'

export function fitModel(model: Model, device: DeviceId): Model {
  if (device === 'webgpu') return padConvChannels(model, inferShapes(model))
  return device === 'cpu' && model.graph.nodes.some(({ opType }) => opType === 'LRN') ? expandLrn(model, inferShapes(model)) : model
}
