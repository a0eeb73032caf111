/** Compares what shape inference says with the tensors of a run. */
import type * as ort from 'onnxruntime-node'
import type { Model } from '#engine/onnx/model.ts'
import { contentOf } from '#engine/onnx/shapes/content.ts'
import type { Fact } from '#engine/onnx/shapes/define-shape.ts'

export interface Comparison {
  readonly compared: number
  /** Values of which an extent (or everything) was left open. */
  readonly open: readonly string[]
  /** One line per contradiction. */
  readonly wrong: readonly string[]
  /** Values whose content was inferred (initialisers apart) and agrees. */
  readonly contents: number
}

/** Exporters' arithmetic on shapes is exact; float tables (positions, scales) may differ in the last bit. */
const contentTolerance = 1e-6

export function compareFacts(model: Model, facts: ReadonlyMap<string, Fact>, results: ort.InferenceSession.ReturnType): Comparison {
  const open: string[] = []
  const wrong: string[] = []
  let contents = 0
  const producers = new Map(model.graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node.opType] as const)))
  for (const [name, tensor] of Object.entries(results)) {
    const fact = facts.get(name)
    const label = `${producers.get(name) ?? 'input'} '${name}'`
    if (!fact?.shape?.every((dim) => typeof dim === 'number')) open.push(`${label} ${fact?.shape ? `[${fact.shape.join(', ')}]` : 'unknown'}, run [${tensor.dims.join(', ')}]`)
    else if (fact.shape.join() !== tensor.dims.join()) wrong.push(`${label}: inferred [${fact.shape.join(', ')}], run [${tensor.dims.join(', ')}]`)
    if (fact && fact.dataType !== tensor.type) wrong.push(`${label}: inferred ${fact.dataType}, run ${tensor.type}`)
    const content = contentOf(fact)
    if (!content || tensor.type === 'float16') continue
    const values = Array.from(tensor.data as ArrayLike<number | bigint | boolean>, Number)
    const differs = content.values.findIndex((value, index) => value !== null && !(Math.abs(Number(value) - (values[index] ?? NaN)) <= contentTolerance * Math.max(1, Math.abs(Number(value)))) && value !== values[index])
    if (differs >= 0) wrong.push(`${label}: element ${differs} inferred ${content.values[differs]}, run ${values[differs]}`)
    contents++
  }
  return { compared: Object.keys(results).length, open, wrong, contents }
}
