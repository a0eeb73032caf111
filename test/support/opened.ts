/** Models of the tests with their facts and structure; unknown extents of the input become batch 1 and `size`. */
import type { NetworkStructure } from '#contract/graph.ts'
import type { Model } from '#engine/onnx/model.ts'
import { loadModel } from '#engine/onnx/read.ts'
import type { Fact } from '#engine/onnx/shapes/define-shape.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { describeLayers } from '#engine/structure/describe-layers.ts'

export interface Opened extends NetworkStructure {
  readonly model: Model
  readonly facts: ReadonlyMap<string, Fact>
}

export function described(model: Model, size = 224): Opened {
  const dims = model.graph.inputs.flatMap(({ name, type }) =>
    type?.kind === 'tensor' && !model.graph.initializers.has(name) ? [[name, (type.shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : axis < 2 ? 1 : size))] as const] : [],
  )
  const facts = inferShapes(model, Object.fromEntries(dims))
  return { model, facts, ...describeLayers(model, facts) }
}

export const opened = async (path: string, size?: number): Promise<Opened> => described(await loadModel(path), size)
