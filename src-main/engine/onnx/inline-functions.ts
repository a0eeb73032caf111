/** Model-local functions replaced by their bodies (onnx docs/IR.md, "Model Local Functions"). */
import { AppError } from '#contract/errors.ts'
import { namer } from './graph.ts'
import type { Attribute, Attributes, FunctionBody, Graph, Model, Node } from './model.ts'

/** Functions that call functions: exporters nest a handful deep; a function that calls itself never ends. */
const maximumDepth = 64

/** The same computation without functions. Values of the main graph keep their names; those of bodies are prefixed with the calling node's. */
export function inlineFunctions(model: Model): Model {
  if (model.functions.length === 0) return model
  const bodies = new Map(model.functions.map((body) => [keyOf(body.domain, body.name, body.overload), body]))
  const fresh = namer(model)
  const opsets = new Map(model.opsets)
  const expand = (nodes: readonly Node[], depth: number): Node[] => nodes.flatMap((node): readonly Node[] => {
    const body = bodies.get(keyOf(node.domain, node.opType, node.overload))
    if (!body) return [withSubgraphs(node, (graph) => ({ ...graph, nodes: expand(graph.nodes, depth) }))]
    if (depth >= maximumDepth) throw new AppError('model-invalid', `Function '${body.name}' calls itself, directly or through others; ONNX does not allow that.`)
    for (const [domain, version] of body.opsets) if (!opsets.has(domain)) opsets.set(domain, version)
    return expand(instantiate(body, node, fresh), depth + 1)
  })
  const graph = { ...model.graph, nodes: expand(model.graph.nodes, 0) }
  const called = new Set(model.functions.map((body) => body.domain))
  const used = domainsOf(graph.nodes)
  for (const domain of called) if (domain !== '' && !used.has(domain)) opsets.delete(domain)
  return { ...model, graph, opsets, functions: [] }
}

const keyOf = (domain: string, name: string, overload = ''): string => `${domain === 'ai.onnx' ? '' : domain}::${name}::${overload}`

function instantiate(body: FunctionBody, call: Node, fresh: (wanted: string) => string): Node[] {
  const prefix = call.name || call.outputs.find(Boolean) || body.name
  const names = new Map<string, string>([['', '']])
  for (const [index, input] of body.inputs.entries()) names.set(input, call.inputs[index] ?? '')
  const copies: Node[] = []
  for (const [index, output] of body.outputs.entries()) {
    const wanted = call.outputs[index]
    if (!wanted) continue
    const input = names.get(output)
    // An output that is an input of the function passes through unchanged.
    if (input !== undefined && body.inputs.includes(output)) copies.push({ name: fresh(`${prefix}/${output}`), opType: 'Identity', domain: '', inputs: [input], outputs: [wanted], attributes: new Map() })
    else names.set(output, wanted)
  }
  const rename = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    const given = fresh(`${prefix}/${name}`)
    names.set(name, given)
    return given
  }
  const bind = (node: Node): Node => ({
    ...node,
    name: node.name && fresh(`${prefix}/${node.name}`),
    inputs: withoutTrailingBlanks(node.inputs.map(rename)),
    outputs: node.outputs.map(rename),
    attributes: boundAttributes(node.attributes, body, call.attributes, (graph) => bindGraph(graph, rename, bind)),
  })
  return [...body.nodes.map(bind), ...copies]
}

function bindGraph(graph: Graph, rename: (name: string) => string, bind: (node: Node) => Node): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map(bind),
    inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [rename(name), tensor])),
    valueInfos: new Map([...graph.valueInfos.values()].map((info) => [rename(info.name), { ...info, name: rename(info.name) }])),
  }
}

/** References take the caller's attribute, else the function's default; one with neither leaves the operator's own default in force. */
function boundAttributes(attributes: Attributes, body: FunctionBody, given: Attributes, bindBody: (graph: Graph) => Graph): Attributes {
  return new Map([...attributes].flatMap(([name, attribute]): (readonly [string, Attribute])[] => {
    switch (attribute.kind) {
      case 'reference': {
        const bound = given.get(attribute.value) ?? body.attributeDefaults.get(attribute.value)
        return bound ? [[name, bound]] : []
      }
      case 'graph': return [[name, { ...attribute, value: bindBody(attribute.value) }]]
      case 'graphs': return [[name, { ...attribute, value: attribute.value.map(bindBody) }]]
      default: return [[name, attribute]]
    }
  }))
}

function withoutTrailingBlanks(names: readonly string[]): string[] {
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1)
}

/** The node with every graph among its attributes replaced. */
export function withSubgraphs(node: Node, change: (graph: Graph) => Graph): Node {
  if (![...node.attributes.values()].some(({ kind }) => kind === 'graph' || kind === 'graphs')) return node
  return {
    ...node,
    attributes: new Map([...node.attributes].map(([name, attribute]): readonly [string, Attribute] => {
      if (attribute.kind === 'graph') return [name, { ...attribute, value: change(attribute.value) }]
      if (attribute.kind === 'graphs') return [name, { ...attribute, value: attribute.value.map(change) }]
      return [name, attribute]
    })),
  }
}

function domainsOf(nodes: readonly Node[]): Set<string> {
  const domains = new Set<string>()
  for (const node of nodes) {
    domains.add(node.domain)
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') for (const domain of domainsOf(attribute.value.nodes)) domains.add(domain)
      if (attribute.kind === 'graphs') for (const body of attribute.value) for (const domain of domainsOf(body.nodes)) domains.add(domain)
    }
  }
  return domains
}
