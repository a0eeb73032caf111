/** Shapes that inference cannot know, read off a run. */
import type { Model } from '../onnx/model.ts'
import { withOutputs } from '../onnx/extract.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount, tensorOfNumbers } from '../onnx/tensor-data.ts'
import { hostTensorOf } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { NetworkInput } from './network.ts'
import type { WeightStore } from './weight-store.ts'

/** `facts` completed for every value that one run on mid-grey input shows. Values that cannot be shown (sequences) stay unknown. */
export async function measureShapes(runtime: Runtime, weights: WeightStore, model: Model, inputs: readonly NetworkInput[], facts: ReadonlyMap<string, Fact>): Promise<ReadonlyMap<string, Fact>> {
  const unknown = model.graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== '' && staticDims(facts.get(name)?.shape) === undefined)
  if (unknown.length === 0) return facts
  const feeds = Object.fromEntries(inputs.map(({ name, dataType, dims }) => [name, hostTensorOf(tensorOfNumbers(dataType, dims, Array<number>(elementCount(dims)).fill(dataType.startsWith('float') ? 0.5 : 1)))]))
  const session = await runtime.open(await weights.sourceOf(withOutputs(model, unknown)), { device: 'cpu' })
  try {
    const results = await session.run(feeds, unknown)
    return new Map([...facts, ...Object.entries(results).map(([name, { dataType, dims }]): [string, Fact] => [name, { ...facts.get(name), dataType, shape: dims }])])
  } finally {
    await session.dispose()
  }
}
