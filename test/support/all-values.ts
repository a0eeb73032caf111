/** Runs a model on onnxruntime's CPU provider with every intermediate value as an output. */
import * as ort from 'onnxruntime-node'
import type { Model } from '#engine/onnx/model.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { numberToFloat16 } from '#engine/onnx/tensor-data.ts'

/** Uniform in [0, 1), the same on every machine (Park-Miller). */
export function pseudoRandom(count: number, seed = 1): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) / 2147483647)
}

/** Symbolic and unknown extents of inputs become 1, or what `inputDims` says. */
export async function runAllValues(model: Model, inputDims: Readonly<Record<string, readonly number[]>> = {}): Promise<ort.InferenceSession.ReturnType> {
  const { graph } = model
  const already = new Set(graph.outputs.map((output) => output.name))
  const names = [...new Set(graph.nodes.flatMap((node) => node.outputs))].filter((name) => name !== '' && !already.has(name))
  const watched: Model = { ...model, graph: { ...graph, outputs: [...graph.outputs, ...names.map((name) => ({ name }))] } }
  const session = await ort.InferenceSession.create(writeModel(watched), { graphOptimizationLevel: 'disabled', logSeverityLevel: 4, extra: { session: { force_spinning_stop: '1' } } })
  try {
    const feeds: Record<string, ort.Tensor> = {}
    for (const { name, type } of graph.inputs) {
      if (graph.initializers.has(name) || type?.kind !== 'tensor') continue
      const dims = inputDims[name] ?? (type.shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1))
      const values = pseudoRandom(dims.reduce((product, dim) => product * dim, 1))
      feeds[name] = type.dataType === 'float16' ? new ort.Tensor('float16', Uint16Array.from(values, numberToFloat16), dims) : new ort.Tensor('float32', values, dims)
    }
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
