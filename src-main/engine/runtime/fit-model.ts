/** A model in the form that the device computes right: what a provider of onnxruntime gets wrong is avoided here, for every session alike. */
import type { DeviceId } from '#contract/application.ts'
import type { Model } from '../onnx/model.ts'
import { padConvChannels } from '../onnx/pad-conv-channels.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'

export const fitModel = (model: Model, device: DeviceId): Model => (device === 'webgpu' ? padConvChannels(model, inferShapes(model)) : model)
