/**
 * Reverse-mode differentiation of a graph into a graph of standard operators (Griewank and Walther 2008, ch. 3): the nodes
 * between the wanted values and the target are walked backwards, each one's rule turns the gradient of its outputs into
 * gradients of its inputs, and gradients that meet at a value are added.
 */
import { AppError, invariant } from '#contract/errors.ts'
import { opsetOf, type Graph, type Model, type Node } from '../onnx/model.ts'
import { valuesReadBy } from '../onnx/captures.ts'
import { foldBatchNormalization } from '../onnx/fold-batch-norm.ts'
import { nestConcats } from '../onnx/nest-concats.ts'
import { poolBeforeRelu } from '../onnx/pool-before-relu.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { Accumulator } from './accumulator.ts'
import { activityOf } from './activity.ts'
import { assemble, infoOf } from './assemble.ts'
import { buildTarget } from './build-target.ts'
import type { GradientRule } from './define-gradient.ts'
import { Emit } from './emit.ts'
import { ForwardValues } from './facts.ts'
import type { LoweringTarget } from './lowering/target.ts'
import { NodeContext } from './node-context.ts'
import { gradientStateOf, isDifferentiableAt } from './registry.ts'
import { tensorsOf, type Target } from './target.ts'

export interface DifferentiateRequest {
  readonly of: Target
  /** Inputs, initialisers or intermediate values, by name. */
  readonly wrt: readonly string[]
}

export interface DifferentiateOptions {
  readonly target: LoweringTarget
  /** Forward values to return as well. The model's own outputs are returned only where they are named here. */
  readonly keep?: readonly string[]
  /** Another rule than the operator's own, for projections that are no gradients (guided backpropagation); undefined: its own. */
  readonly ruleFor?: (rule: GradientRule) => GradientRule | undefined
}

export interface Differentiated {
  /** Computes the scalar, its gradients and the kept values, and nothing else. */
  readonly model: Model
  /** Output that holds the scalar, of shape []. */
  readonly value: string
  /** Output that holds the gradient of each wanted value, of that value's shape. */
  readonly gradients: ReadonlyMap<string, string>
  /** Wanted values that the target does not depend on smoothly; their gradients are zeros. */
  readonly unreached: readonly string[]
  /** What a reader should know about the target: "the logits ... were taken". */
  readonly notes: readonly string[]
}

/** The oldest operator set in which `emit` writes. */
const minimumOpset = 18

/**
 * The gradient of a scalar of `model` with respect to values of it, as a model.
 * `model` is of operator set 18 or later and `facts` gives every value on the way a static shape.
 * Throws `gradient-missing` or `gradient-refused` only where the gradient has to pass such a node; `shape-unknown`, `tensor-missing`, `target-invalid`.
 */
export function differentiate(model: Model, facts: ReadonlyMap<string, Fact>, request: DifferentiateRequest, options: DifferentiateOptions): Differentiated {
  const opset = opsetOf(model)
  invariant(opset >= minimumOpset, `a model of operator set ${opset} reached differentiation before it was upgraded to ${minimumOpset}`)
  checkNames(model.graph, request, options.keep ?? [])
  const forward = simplified(model, facts, new Set([...tensorsOf(request.of), ...request.wrt, ...(options.keep ?? [])]))
  const { graph } = forward.model
  const values = new ForwardValues(graph, forward.facts)

  const emit = new Emit({ target: options.target, opset, prefix: unusedPrefix(graph) })
  emit.enter('target')
  const built = buildTarget(emit, request.of, graph, (name) => values.get(name))
  const gradients = new Accumulator(emit, values)
  for (const seed of built.seeds) gradients.add(seed.tensor, seed.gradient)

  const { active, refusedBy } = activityOf(graph, request.wrt, values)
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output) && active.has(output))) continue
    const read = valuesReadBy(node)
    const origin = read.map((name) => refusedBy.get(name)).find((each) => each !== undefined)
    if (!origin && !read.some((name) => active.has(name))) continue
    emit.enter(node.name === '' ? (node.outputs[0] ?? node.opType) : node.name)
    differentiateNode(origin ?? node, { emit, opset, values, gradients, active, request, ruleFor: options.ruleFor })
  }

  const unreached = request.wrt.filter((name) => !gradients.has(name))
  const results = new Map(request.wrt.map((name) => [name, gradients.total(name) ?? emit.zerosLike(values.get(name))]))
  const kept = [...new Set(options.keep)].map((name) => {
    const value = values.find(name)
    return value ? infoOf(value) : { name }
  })
  return { ...assemble(forward.model, emit, built, results, kept), unreached, notes: built.notes }
}

/** The same values under the names that are asked for, by fewer operations; names that nobody asked for may go. */
function simplified(model: Model, facts: ReadonlyMap<string, Fact>, named: ReadonlySet<string>): { readonly model: Model; readonly facts: ReadonlyMap<string, Fact> } {
  return poolBeforeRelu(nestConcats(foldBatchNormalization(model, named)), facts, named)
}

interface Walk {
  readonly emit: Emit
  readonly opset: number
  readonly values: ForwardValues
  readonly gradients: Accumulator
  readonly active: ReadonlySet<string>
  readonly request: DifferentiateRequest
  readonly ruleFor: DifferentiateOptions['ruleFor']
}

function differentiateNode(node: Node, { emit, opset, values, gradients, active, request, ruleFor }: Walk): void {
  const state = gradientStateOf(node)
  if (state.state === 'non-differentiable') return
  const where = `${node.opType} (node '${node.name}', ${node.domain === '' ? 'operator set' : `domain ${node.domain}, operator set`} ${opset})`
  const asked = `The gradient of '${tensorsOf(request.of).join("', '")}' with respect to '${request.wrt.slice(0, 3).join("', '")}'${request.wrt.length > 3 ? ', ...' : ''} has to pass ${where}`
  const data = { node: node.name, op: node.opType, opset, outputs: node.outputs }
  if (state.state === 'missing')
    throw new AppError('gradient-missing', `${asked}, for which there is no gradient rule. Choose a layer after it, or a target before it.`, { data })
  if (state.state === 'refused') throw new AppError('gradient-refused', `${asked}, whose gradient is refused: ${state.reason}.`, { data })

  const rule = ruleFor?.(state.rule) ?? state.rule
  const context = new NodeContext({
    emit, node, opset,
    inputs: node.inputs.map((name) => values.find(name)),
    outputs: node.outputs.map((name) => values.find(name)),
    gradients: node.outputs.map((name) => gradients.total(name)),
  })
  const reason = state.rule.refuse?.(context)
  if (reason !== undefined) throw new AppError('gradient-refused', `${asked}, whose gradient is refused: ${reason}.`, { data })
  for (const [index, name] of node.inputs.entries()) {
    if (!active.has(name) || !isDifferentiableAt(rule, index)) continue
    const gradient = typeof rule.gradient === 'function' ? rule.gradient(context, index) : rule.gradient[index]?.(context)
    if (gradient) gradients.add(name, gradient, node)
  }
}

function checkNames(graph: Graph, request: DifferentiateRequest, keep: readonly string[]): void {
  const known = new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => node.outputs)])
  const missing = [...tensorsOf(request.of), ...request.wrt, ...keep].find((name) => name === '' || !known.has(name))
  if (missing !== undefined)
    throw new AppError('tensor-missing', `The model has no value named '${missing}'. Its outputs are ${graph.outputs.map((output) => `'${output.name}'`).join(', ')}; \`inspect\` lists every value.`)
}

/** A name that no value or node of the graph begins with: a gradient graph can be differentiated again. */
function unusedPrefix(graph: Graph): string {
  const names = [...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => [node.name, ...node.outputs])]
  for (let order = 1; ; order++) {
    const prefix = order === 1 ? 'grad' : `grad${order}`
    if (!names.some((name) => name.startsWith(`${prefix}/`))) return prefix
  }
}
