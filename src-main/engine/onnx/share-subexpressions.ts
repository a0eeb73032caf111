/** Nodes that compute what a node before them computed are dropped, and their readers read the earlier one. */
import type { Attribute, Model, Node, Tensor } from './model.ts'

/** Operators whose result is drawn anew each time. */
const random: ReadonlySet<string> = new Set(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli', 'Multinomial', 'Dropout'])

/** Operators whose further outputs leave the first ones as they are: two of them become the one with more. */
const extensible: ReadonlySet<string> = new Set(['MaxPool'])

/** The model's outputs keep their names: a node that makes one stays. Constants that are equal count as one. */
export function shareSubexpressions(model: Model): Model {
  const { graph } = model
  const shown = new Set(graph.outputs.map((output) => output.name))
  const renamed = new Map<string, string>()
  const constants = new Map<string, string>()
  for (const [name, tensor] of graph.initializers) {
    const key = contentKey(tensor)
    if (key === undefined) continue
    const first = constants.get(key)
    if (first === undefined) constants.set(key, name)
    else renamed.set(name, first)
  }
  /** Places of nodes that may stand for others. */
  const known = new Map<string, number>()
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => renamed.get(name) ?? name)
    const next = inputs.some((name, index) => name !== node.inputs[index]) ? { ...node, inputs } : node
    const key = nodeKey(next)
    const place = key === undefined ? undefined : known.get(key)
    const earlier = place === undefined ? undefined : nodes[place]
    if (place !== undefined && earlier && node.outputs.every((name) => !shown.has(name))) {
      node.outputs.forEach((name, index) => renamed.set(name, earlier.outputs[index] ?? name))
      if (node.outputs.length > earlier.outputs.length) nodes[place] = { ...earlier, outputs: [...earlier.outputs, ...node.outputs.slice(earlier.outputs.length)] }
      continue
    }
    if (key !== undefined && place === undefined) known.set(key, nodes.length)
    nodes.push(next)
  }
  const read = new Set([...nodes.flatMap((node) => node.inputs), ...shown])
  const initializers = new Map([...graph.initializers].filter(([name]) => !renamed.has(name) || read.has(name)))
  return { ...model, graph: { ...graph, nodes, initializers } }
}

function contentKey(tensor: Tensor): string | undefined {
  if (tensor.external || tensor.strings || tensor.bytes.byteLength > 4096) return undefined
  return `${tensor.dataType}:${tensor.dims.join(',')}:${Buffer.from(tensor.bytes).toString('base64')}`
}

function nodeKey(node: Node): string | undefined {
  if (random.has(node.opType)) return undefined
  const attributes: string[] = []
  for (const [name, attribute] of [...node.attributes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = attributeKey(attribute)
    if (text === undefined) return undefined
    attributes.push(`${name}=${text}`)
  }
  return [node.domain, node.opType, extensible.has(node.opType) ? '' : node.outputs.length, node.inputs.join(' '), ...attributes].join('\n')
}

function attributeKey(attribute: Attribute): string | undefined {
  switch (attribute.kind) {
    case 'float': case 'int': case 'string': return `${attribute.kind}:${attribute.value}`
    case 'floats': case 'ints': case 'strings': return `${attribute.kind}:${attribute.value.join(',')}`
    default: return undefined
  }
}
