/** Runs a model in this process on onnxruntime's CPU provider, without the project's runtime. */
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import type { Model } from '#engine/onnx/model.ts'
import { writeModel } from '#engine/onnx/write.ts'
import type { HostTensor, HostTensors } from '#engine/runtime/host-tensor.ts'

export interface OpenModel {
  run(feeds: HostTensors): Promise<Record<string, HostTensor>>
  dispose(): Promise<void>
}

export async function openModel(model: Model, options: InferenceSession.SessionOptions = {}): Promise<OpenModel> {
  const session = await InferenceSession.create(writeModel(model), {
    logSeverityLevel: 3, intraOpNumThreads: 1, enableMemPattern: false, extra: { session: { force_spinning_stop: '1' } }, ...options,
  })
  return {
    async run(feeds) {
      const tensors = Object.fromEntries(session.inputNames.flatMap((name) => {
        const feed = feeds[name]
        return feed ? [[name, new RuntimeTensor(feed.dataType as 'float32', feed.data as Float32Array, feed.dims)]] : []
      }))
      const results = await session.run(tensors)
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, { dataType: tensor.type, dims: tensor.dims, data: tensor.data as Float32Array }]))
    },
    dispose: () => session.release(),
  }
}

/** One run of a model that is not needed again. */
export async function runModel(model: Model, feeds: HostTensors): Promise<Record<string, HostTensor>> {
  const session = await openModel(model)
  try {
    return await session.run(feeds)
  } finally {
    await session.dispose()
  }
}
