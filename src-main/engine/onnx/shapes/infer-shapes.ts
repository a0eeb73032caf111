/** Shapes, element types and small contents of every value of a model, before anything runs. */
import { AppError } from '#contract/errors.ts'
import { isStandard, opsetOf } from '../model.ts'
import type { Dim, Graph, Model, Node, ValueInfo } from '../model.ts'
import { contentLimit, contentOf, factOf } from './content.ts'
import { mismatch } from './context.ts'
import { controlFlowRuleOf } from './control-flow.ts'
import type { Fact, ShapeContext } from './define-shape.ts'
import { isNumber, showShape, staticDims } from './dims.ts'
import { evaluationOf, shapeRuleOf } from './registry.ts'

type Known = Fact | undefined

/** What a walk knows from the model as a whole. */
interface Scope {
  readonly opset: number
  /** Symbolic extents that the caller fixed. */
  readonly symbols: ReadonlyMap<string, Dim>
  /** Shapes that the file states for inner values hold only for the input extents that it states. */
  readonly trustsStatedShapes: boolean
  readonly lookUp: (name: string) => Known
}

/**
 * Facts by value name, of the main graph: initialisers, inputs and every node's outputs of which anything is known.
 * @param inputDims shapes of inputs that replace the stated ones, by name; symbols fixed here are fixed everywhere
 * @throws AppError 'shape-mismatch' naming node, expected and got, where the graph contradicts itself
 */
export function inferShapes(model: Model, inputDims: Readonly<Record<string, readonly Dim[]>> = {}): ReadonlyMap<string, Fact> {
  const { symbols, changed } = fixSymbols(model.graph, inputDims)
  const facts = new Map<string, Fact>()
  const scope: Scope = { opset: opsetOf(model), symbols, trustsStatedShapes: !changed, lookUp: () => undefined }
  for (const input of model.graph.inputs) {
    const stated = statedFact(input, { ...scope, trustsStatedShapes: true })
    const dims = inputDims[input.name]
    if (stated) facts.set(input.name, dims ? { ...stated, shape: dims } : stated)
  }
  walk(model.graph, facts, scope)
  return facts
}

function fixSymbols(graph: Graph, inputDims: Readonly<Record<string, readonly Dim[]>>): { symbols: ReadonlyMap<string, Dim>; changed: boolean } {
  const symbols = new Map<string, Dim>()
  let changed = false
  for (const { name, type } of graph.inputs) {
    const dims = inputDims[name]
    const stated = type?.kind === 'tensor' ? type.shape : undefined
    if (!dims || !stated) continue
    if (dims.length !== stated.length)
      throw new AppError('shape-mismatch', `Input '${name}' was expected to have rank ${stated.length} as in ${showShape(stated)}, got ${showShape(dims)}.`, { data: { input: name } })
    for (const [axis, dim] of stated.entries()) {
      const fixed = dims[axis] ?? null
      if (typeof dim === 'string' && fixed !== dim) symbols.set(dim, fixed)
      if (isNumber(dim) && fixed !== dim) changed = true
    }
  }
  return { symbols, changed }
}

function statedFact(info: ValueInfo | undefined, scope: Scope): Known {
  if (info?.type?.kind !== 'tensor') return undefined
  const { dataType, shape } = info.type
  return { dataType, shape: scope.trustsStatedShapes ? shape?.map((dim) => (typeof dim === 'string' ? (scope.symbols.get(dim) ?? dim) : dim)) : undefined }
}

/** Fills what inference left open with what the file states. Where they contradict, inference is right: runtimes ignore value_info too. */
function completed(fact: Known, stated: Known): Known {
  if (!fact || !stated) return fact ?? stated
  if (!stated.shape || fact.constant || fact.elements) return fact
  if (!fact.shape) return { ...fact, shape: stated.shape }
  if (fact.shape.length !== stated.shape.length || fact.shape.every(isNumber)) return fact
  return { ...fact, shape: fact.shape.map((dim, axis): Dim => (isNumber(dim) ? dim : isNumber(stated.shape?.[axis]) ? (stated.shape[axis] ?? null) : (dim ?? stated.shape?.[axis] ?? null))) }
}

/** Adds the facts of a graph's initialisers and node outputs to `facts`, which holds those of its inputs. */
function walk(graph: Graph, facts: Map<string, Fact>, scope: Scope): void {
  for (const [name, tensor] of graph.initializers) facts.set(name, { dataType: tensor.dataType, shape: tensor.dims, constant: tensor })
  const lookUp = (name: string): Known => (name === '' ? undefined : (facts.get(name) ?? scope.lookUp(name)))
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]))
  for (const node of graph.nodes) {
    const inferred = inferNode(node, { ...scope, lookUp })
    for (const [index, name] of node.outputs.entries()) {
      if (name === '') continue
      const fact = completed(inferred[index], statedFact(graph.valueInfos.get(name) ?? outputs.get(name), scope))
      if (fact) facts.set(name, fact)
    }
  }
}

function inferNode(node: Node, scope: Scope): readonly Known[] {
  const context: ShapeContext = { node, opset: scope.opset, inputs: node.inputs.map(scope.lookUp) }
  const controlFlow = isStandard(node) ? controlFlowRuleOf(node.opType) : undefined
  if (controlFlow) return controlFlow(context, (body, inputs) => inferBody(body, inputs, scope))
  const outputs = shapeRuleOf(node)?.infer(context) ?? []
  for (const output of outputs) if (output?.shape?.some((dim) => isNumber(dim) && dim < 0)) mismatch(context, `its output would have the shape ${showShape(output.shape)}.`)
  return evaluated(context, outputs)
}

function inferBody(body: Graph, inputs: readonly Known[], scope: Scope): readonly Known[] {
  const facts = new Map<string, Fact>()
  for (const [index, input] of body.inputs.entries()) {
    const fact = completed(inputs[index], statedFact(input, scope))
    if (fact) facts.set(input.name, fact)
  }
  walk(body, facts, scope)
  return body.outputs.map(({ name }) => facts.get(name) ?? scope.lookUp(name))
}

const needsNoContent: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape', 'Concat'])

/** The outputs with their content, where the inputs' is known and the result is small. */
function evaluated(context: ShapeContext, outputs: readonly Known[]): readonly Known[] {
  const evaluation = evaluationOf(context.node)
  // Operator sets before 7 broadcast in their own way; no runtime in use executes them, so their plumbing is left open.
  if (!evaluation || context.opset < 7 || outputs[0]?.constant || !isSmall(outputs[0])) return outputs
  const contents = context.inputs.map(contentOf)
  if (!contents[0] && !needsNoContent.has(context.node.opType)) return outputs
  // An integer cannot hold what a division by zero or an overflow gives: such content stays unknown.
  const elements = evaluation.evaluate({ ...context, contents, outputs })
  return outputs.map((output, index) => {
    const known = elements[index]
    if (!output || !known || known.values.every((value) => value === null)) return output
    if (!output.dataType.startsWith('float') && known.values.some((value) => isNumber(value) && !Number.isFinite(value))) return output
    return factOf({ dataType: output.dataType, ...known })
  })
}

function isSmall(fact: Known): boolean {
  const dims = staticDims(fact?.shape)
  // NonZero's result has no static shape before it is evaluated.
  return !dims || dims.reduce((product, dim) => product * dim, 1) <= contentLimit
}
