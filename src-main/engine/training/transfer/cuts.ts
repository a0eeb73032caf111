/** Where a model can be cut for a new head: values of fixed shape behind which everything that counts has been seen. */
import { AppError } from '#contract/errors.ts'
import { loadModel } from '../../onnx/read.ts'
import { normalizedModel, specialize } from '../../network/compute-model.ts'
import { networkInputs } from '../../network/input-sizes.ts'
import { isStandard } from '../../onnx/model.ts'
import type { Model, Node } from '../../onnx/model.ts'
import type { Fact } from '../../onnx/shapes/define-shape.ts'
import { indexGraph } from '../../onnx/graph.ts'

export interface Cut { readonly id: string; readonly title: string; /** Behind the batch axis. */ readonly dims: number[] }
export interface Cuts { readonly suggested: string; readonly tensors: Cut[] }

/** Weighted operators. */
const linear: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv'])
const shownCuts = 24

export async function suggestCuts(path: string): Promise<Cuts> {
  return cutsOf(await loadModel(path))
}

export function cutsOf(original: Model): Cuts {
  const dims = Object.fromEntries(networkInputs(original).map((input) => [input.name, input.dims]))
  const { model, facts } = specialize(normalizedModel(original), { dims, batch: 1 })
  return chooseCuts(model, facts)
}

/**
 * Values through which the whole computation passes (no branch goes around them), from the last one back. Suggested: what the last weighted
 * layer reads; its own pooling and reshaping come before the new head.
 */
export function chooseCuts(model: Model, facts: ReadonlyMap<string, Fact>): Cuts {
  const { graph } = model
  const { producers } = indexGraph(graph)
  const weighted = (node: Node): boolean => isStandard(node) && linear.has(node.opType) && node.inputs.some((name) => graph.initializers.has(name))
  const last = graph.nodes.findLast(weighted)
  if (!last) throw new AppError('model-unsupported', 'This model has no layer with weights of its own: there is nothing to put a new head on.')
  const passages = passagesOf(model).map(({ name }) => name)
  const shapeOf = (name: string): number[] | undefined => {
    const shape = facts.get(name)?.shape
    return shape && shape.length >= 2 && shape.length <= 4 && shape.every((dim) => typeof dim === 'number') ? shape.map(Number).slice(1) : undefined
  }
  const suggested = last.inputs.find((name) => !graph.initializers.has(name)) ?? ''
  const tensors = passages.filter((name) => shapeOf(name) !== undefined && (producers.has(name))).toReversed()
  const near = [suggested, ...tensors.filter((name) => name !== suggested)].filter((name) => shapeOf(name) !== undefined).slice(0, shownCuts)
  return {
    suggested,
    tensors: near.map((name) => {
      const dims = shapeOf(name) ?? []
      const by = producers.get(name)
      return { id: name, title: `${by?.name === '' || by === undefined ? name : by.name} (${dims.join('×')})`, dims }
    }),
  }
}

/** `position`: of the node behind which nothing else is waiting to be read. */
export interface Passage { readonly name: string; readonly position: number }

/** Values that every path from the inputs to the first output passes, in their order. */
export function passagesOf({ graph }: Pick<Model, 'graph'>): Passage[] {
  const lastRead = new Map<string, number>()
  graph.nodes.forEach((node, index) => { for (const name of node.inputs) lastRead.set(name, index) })
  const open = new Set<string>(graph.inputs.map((input) => input.name))
  const passages = new Map<string, number>()
  graph.nodes.forEach((node, index) => {
    const dependent = node.inputs.some((name) => open.has(name))
    for (const name of node.inputs) if (lastRead.get(name) === index) open.delete(name)
    if (dependent) for (const name of node.outputs) if (lastRead.has(name)) open.add(name)
    if (open.size === 1 && dependent) for (const name of open) if (!passages.has(name)) passages.set(name, index)
  })
  return [...passages].map(([name, position]) => ({ name, position }))
}
