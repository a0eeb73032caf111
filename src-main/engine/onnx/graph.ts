/** Looking things up in a graph. */
import { valuesReadBy } from './captures.ts'
import type { Graph, Model, Node, ValueInfo } from './model.ts'

export interface GraphIndex {
  /** The node that computes a value. */
  readonly producers: ReadonlyMap<string, Node>
  /** The nodes that read a value, also from within their subgraphs; absent where nobody does. */
  readonly consumers: ReadonlyMap<string, readonly Node[]>
}

export function indexGraph(graph: Graph): GraphIndex {
  const producers = new Map<string, Node>()
  const consumers = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== '') producers.set(output, node)
    for (const name of valuesReadBy(node)) {
      const readers = consumers.get(name)
      if (readers) readers.push(node)
      else consumers.set(name, [node])
    }
  }
  return { producers, consumers }
}

/** Inputs that have to be fed: up to IR version 3 the initializers are listed among the inputs. */
export function dataInputs(graph: Graph): readonly ValueInfo[] {
  return graph.inputs.filter((input) => !graph.initializers.has(input.name))
}

/** What the file states of a value: an input's, an output's or an inner value's type. */
export function statedInfo(graph: Graph, name: string): ValueInfo | undefined {
  const stated = graph.valueInfos.get(name) ?? graph.inputs.find((input) => input.name === name) ?? graph.outputs.find((output) => output.name === name)
  if (stated?.type) return stated
  const tensor = graph.initializers.get(name)
  return tensor ? { name, type: { kind: 'tensor', dataType: tensor.dataType, shape: tensor.dims } } : stated
}

/** Names of all values of the main graph: inputs, initializers, node outputs. */
export function valueNames(graph: Graph): Set<string> {
  return new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => node.outputs)].filter((name) => name !== ''))
}

/** Gives names that nothing in the model has, and that it has not given before: the wanted one, or that with a number. */
export function namer(model: Pick<Model, 'graph'>): (wanted: string) => string {
  const taken = new Set<string>()
  collectNames(model.graph, taken)
  return (wanted) => {
    let name = wanted
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
    taken.add(name)
    return name
  }
}

/** Node names too: some runtimes key on them. */
function collectNames(graph: Graph, taken: Set<string>): void {
  for (const name of valueNames(graph)) taken.add(name)
  for (const node of graph.nodes) {
    taken.add(node.name)
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') collectNames(attribute.value, taken)
      if (attribute.kind === 'graphs') attribute.value.forEach((body) => collectNames(body, taken))
    }
  }
}
