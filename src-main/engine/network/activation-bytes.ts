import type { Model } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount, elementSize } from '../onnx/tensor-data.ts'

/** Bytes of everything that the graph's nodes compute, as if all of it were held at once. Values of unknown shape count for nothing. */
export function activationBytes({ graph }: Model, facts: ReadonlyMap<string, Fact>): number {
  return graph.nodes.flatMap((node) => node.outputs).reduce((sum, name) => {
    const fact = facts.get(name)
    const dims = staticDims(fact?.shape)
    return sum + (fact && dims ? elementCount(dims) * elementSize(fact.dataType) : 0)
  }, 0)
}
