/** Parts of a model as models: any value as an output, any value as an input. */
import { AppError } from '#contract/errors.ts'
import { valuesReadBy } from './captures.ts'
import { indexGraph, namer, statedInfo, valueNames } from './graph.ts'
import type { Graph, Model, ValueInfo } from './model.ts'
import { prune } from './prune.ts'

/** The model with further values as outputs, after those that it has. */
export function withOutputs(model: Model, names: readonly string[]): Model {
  const { graph } = model
  const present = new Set(graph.outputs.map((output) => output.name))
  const added = [...new Set(names)].filter((name) => !present.has(name))
  requireValues(graph, added)
  return added.length === 0 ? model : { ...model, graph: { ...graph, outputs: [...graph.outputs, ...added.map((name) => infoOf(graph, name))] } }
}

/**
 * The part of the model that computes `outputs`. Values named in `inputs` become inputs, whatever computed them before, and are listed
 * first; of the model's own inputs those stay that are needed. A new input whose type the file does not state is a float32 tensor.
 */
export function pruneTo(model: Model, outputs: readonly string[], inputs: readonly string[] = []): Model {
  const { graph } = model
  requireValues(graph, [...outputs, ...inputs])
  const cut = new Set(inputs)
  const { producers } = indexGraph(graph)
  const fresh = namer(model)
  const needed = new Set<string>()
  const waiting = [...outputs]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    const producer = cut.has(name) ? undefined : producers.get(name)
    if (producer) waiting.push(...valuesReadBy(producer))
  }
  const nodes = graph.nodes.flatMap((node) => {
    const wanted = node.outputs.map((output) => needed.has(output) && !cut.has(output))
    if (!wanted.some(Boolean)) return []
    // An output that a new input takes the name of is computed under another: not every operator (Split) may leave one out.
    return [node.outputs.some((output) => cut.has(output)) ? { ...node, outputs: node.outputs.map((output) => (cut.has(output) ? fresh(output) : output)) } : node]
  })
  const own = graph.inputs.filter(({ name }) => needed.has(name) && !cut.has(name))
  return prune({
    ...model,
    graph: {
      ...graph, nodes,
      inputs: [...inputs.filter((name) => needed.has(name)).map((name) => inputInfo(graph, name)), ...own],
      outputs: [...new Set(outputs)].map((name) => infoOf(graph, name)),
      initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name) && !cut.has(name))),
    },
  })
}

/** Runtimes infer the type of an output; the file may state none. */
const infoOf = (graph: Graph, name: string): ValueInfo => statedInfo(graph, name) ?? { name }

function inputInfo(graph: Graph, name: string): ValueInfo {
  const info = infoOf(graph, name)
  return info.type ? info : { ...info, type: { kind: 'tensor', dataType: 'float32' } }
}

function requireValues(graph: Graph, names: readonly string[]): void {
  const known = valueNames(graph)
  const missing = names.find((name) => !known.has(name))
  if (missing === undefined) return
  const near = [...known].filter((name) => name.toLowerCase().includes(missing.toLowerCase())).slice(0, 3)
  throw new AppError('tensor-missing', `The model has no value named '${missing}'${near.length > 0 ? `; did you mean ${near.map((name) => `'${name}'`).join(' or ')}?` : '; "phosphene inspect" lists them.'}`, { data: { name: missing } })
}
