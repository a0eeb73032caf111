/** If nodes whose condition is known before the model runs (exporters guard a Squeeze by the length of an axis) become the branch that is taken. */
import { graphAttributeOf } from '../attributes.ts'
import { namer } from '../graph.ts'
import { withSubgraphs } from '../inline-functions.ts'
import { isStandard } from '../model.ts'
import type { Graph, Model, Node, Tensor } from '../model.ts'
import { numbersOf } from '../tensor-data.ts'
import type { Fact } from './define-shape.ts'

/** The same model where no condition is known. An If within a branch is left to another round. */
export function resolveBranches(model: Model, facts: ReadonlyMap<string, Fact>): Model {
  const { graph } = model
  const taken = new Map(graph.nodes.flatMap((node) => {
    const branch = branchTaken(node, facts)
    return branch ? [[node, branch] as const] : []
  }))
  if (taken.size === 0) return model
  const fresh = namer({ graph: { ...graph, nodes: graph.nodes.map((node) => (taken.has(node) ? { ...node, attributes: new Map() } : node)) } })
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.flatMap((node) => {
    const branch = taken.get(node)
    return branch ? instantiate(branch, node, fresh, initializers) : [node]
  })
  return { ...model, graph: { ...graph, nodes, initializers } }
}

function branchTaken(node: Node, facts: ReadonlyMap<string, Fact>): Graph | undefined {
  if (node.opType !== 'If' || !isStandard(node)) return undefined
  const condition = facts.get(node.inputs[0] ?? '')?.constant
  if (!condition) return undefined
  return graphAttributeOf(node, numbersOf(condition)[0] ? 'then_branch' : 'else_branch')
}

/** The branch's nodes under names that are free in the graph, and copies of its results under the If's output names. */
function instantiate(branch: Graph, node: Node, fresh: (wanted: string) => string, initializers: Map<string, Tensor>): Node[] {
  const names = new Map<string, string>()
  for (const name of [...branch.initializers.keys(), ...branch.nodes.flatMap((each) => each.outputs)]) if (name !== '') names.set(name, fresh(name))
  for (const [name, tensor] of branch.initializers) initializers.set(names.get(name) ?? name, tensor)
  const copies = branch.outputs.map(({ name }, index): Node => {
    const output = node.outputs[index] ?? ''
    return { name: fresh(`${node.name || output}/branch`), opType: 'Identity', domain: '', inputs: [names.get(name) ?? name], outputs: [output], attributes: new Map() }
  })
  const inlined = branch.nodes.map((each) => ({ ...renamed(each, names), name: each.name && fresh(each.name) }))
  return [...inlined, ...copies.filter((copy) => copy.outputs[0] !== '')]
}

/** A node with the names it reads and yields replaced, in its own subgraphs too (ONNX forbids them to shadow outer names). */
function renamed(node: Node, names: ReadonlyMap<string, string>): Node {
  const rename = (name: string): string => names.get(name) ?? name
  const inner = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map((each) => renamed(each, names)),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
  })
  return { ...withSubgraphs(node, inner), inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }
}
