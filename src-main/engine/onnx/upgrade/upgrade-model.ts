/** A model of operator set 7 to 17 as one of operator set 18, value for value: everything downstream then knows one form of each operator. */
import { AppError } from '#contract/errors.ts'
import { attributesOf } from '../attributes.ts'
import { valuesReadBy } from '../captures.ts'
import { namer } from '../graph.ts'
import { inlineFunctions, withSubgraphs } from '../inline-functions.ts'
import { isStandard, opsetOf } from '../model.ts'
import type { Graph, Model, Node, Tensor } from '../model.ts'
import type { Fact } from '../shapes/define-shape.ts'
import { inferShapes } from '../shapes/infer-shapes.ts'
import type { UpgradeContext } from './define-upgrade.ts'
import { upgradeOf } from './registry.ts'

export const upgradedOpset = 18
const oldestOpset = 7
/** The first IR version that operator set 18 may come in, and that lets initializers be constants. */
const upgradedIrVersion = 8

/**
 * The same computation in operator set 18. Values of the main graph keep their names and contents; a model of operator set 18 or newer
 * is returned as it is, and an older one without functions (they are inlined).
 * @throws AppError 'model-unsupported' below operator set 7, and for what operator set 18 has no form of
 */
export function upgradeModel(model: Model): Model {
  const opset = opsetOf(model)
  if (opset >= upgradedOpset) return model
  if (opset < oldestOpset) throw new AppError('model-unsupported', `The model is written in operator set ${opset}; sets from ${oldestOpset} on can be computed with. Convert it with onnx.version_converter, or export it again.`)
  const inlined = inlineFunctions(model)
  const added = new Map<string, Tensor>()
  const scope: Scope = { opset, facts: inferShapes(inlined), fresh: namer(inlined), added }
  const graph = upgradedGraph(inlined.graph, scope)
  const opsets = new Map([...inlined.opsets].filter(([domain]) => domain !== 'ai.onnx'))
  opsets.set('', upgradedOpset)
  return { ...inlined, irVersion: Math.max(model.irVersion, upgradedIrVersion), opsets, graph: { ...graph, initializers: new Map([...graph.initializers, ...added]) } }
}

interface Scope {
  readonly opset: number
  /** Of the main graph's values. */
  readonly facts: ReadonlyMap<string, Fact>
  readonly fresh: (wanted: string) => string
  /** New constants; they go to the main graph, whose values bodies see too. */
  readonly added: Map<string, Tensor>
}

function upgradedGraph(graph: Graph, scope: Scope): Graph {
  const read = new Set([...graph.nodes.flatMap(valuesReadBy), ...graph.outputs.map((output) => output.name)])
  return { ...graph, nodes: graph.nodes.flatMap((node) => upgradedNode(node, read, scope)) }
}

function upgradedNode(node: Node, read: ReadonlySet<string>, scope: Scope): readonly Node[] {
  if (!isStandard(node)) return [node]
  const own = { ...withSubgraphs(node, (graph) => upgradedGraph(graph, scope)), domain: '' }
  const rule = upgradeOf(node.opType)
  return !rule || scope.opset >= rule.since ? [own] : rule.upgrade(contextOf(own, read, scope))
}

function contextOf(node: Node, read: ReadonlySet<string>, { opset, facts, fresh, added }: Scope): UpgradeContext {
  const base = node.name || node.outputs[0] || node.opType
  return {
    node, opset,
    fact: (input) => facts.get(node.inputs[input] ?? ''),
    reads: (output) => read.has(node.outputs[output] ?? ''),
    constant: (tensor) => {
      const name = fresh(`${base}/constant`)
      added.set(name, tensor)
      return name
    },
    fresh: (suffix) => fresh(`${base}/${suffix}`),
    make: (opType, inputs, outputs, attributes = {}) => ({
      // The node that yields the first output keeps the node's name, by which users know it.
      name: outputs[0] !== undefined && outputs[0] === node.outputs[0] ? node.name : fresh(`${base}/${opType}`),
      opType, domain: '', inputs: withoutTrailingBlanks(inputs), outputs, attributes: attributesOf(attributes),
      ...(node.doc ? { doc: node.doc } : {}), ...(node.metadata ? { metadata: node.metadata } : {}),
    }),
  }
}

const withoutTrailingBlanks = (names: readonly string[]): string[] => names.slice(0, names.findLastIndex((name) => name !== '') + 1)
