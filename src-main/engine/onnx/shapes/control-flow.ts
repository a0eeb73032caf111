/** If, Loop and Scan: the outputs of their bodies. */
import { isAppError } from '#contract/errors.ts'
import { graphAttributeOf, intOf, intsOf } from '../attributes.ts'
import type { Graph } from '../model.ts'
import { numbersAt } from './context.ts'
import type { Fact, ShapeContext } from './define-shape.ts'
import { unifyDims } from './dims.ts'

type Known = Fact | undefined
/** Facts of a body's outputs, given those of its own inputs. */
export type InferBody = (body: Graph, inputs: readonly Known[]) => readonly Known[]

/** What holds of a value that is either of two. */
function either(a: Known, b: Known): Known {
  if (!a || !b || a.dataType !== b.dataType) return undefined
  if (!a.shape || !b.shape || a.shape.length !== b.shape.length) return { dataType: a.dataType }
  return { dataType: a.dataType, shape: a.shape.map((dim, axis) => (dim === b.shape?.[axis] ? dim : null)) }
}

/** A branch that is not taken may contradict itself (exporters guard a Squeeze by an If): then it says nothing. */
function inferLeniently(infer: InferBody, body: Graph | undefined, inputs: readonly Known[]): readonly Known[] {
  if (!body) return []
  try {
    return infer(body, inputs)
  } catch (error) {
    if (isAppError(error) && error.code === 'shape-mismatch') return []
    throw error
  }
}

function inferIf(context: ShapeContext, infer: InferBody): readonly Known[] {
  const branches = (['then_branch', 'else_branch'] as const).map((name) => graphAttributeOf(context.node, name))
  const condition = numbersAt(context, 0)?.[0]
  if (condition !== undefined) return inferLeniently(infer, branches[condition ? 0 : 1], [])
  const [yes, no] = branches.map((branch) => inferLeniently(infer, branch, []))
  return context.node.outputs.map((_, index) => either(yes?.[index], no?.[index]))
}

function inferLoop(context: ShapeContext, infer: InferBody): readonly Known[] {
  const body = graphAttributeOf(context.node, 'body')
  const initial = context.inputs.slice(2)
  const iteration: Fact = { dataType: 'int64', shape: [] }
  const condition: Fact = { dataType: 'bool', shape: [] }
  let carried: readonly Known[] = initial.map((fact) => fact && { dataType: fact.dataType, shape: fact.shape })
  let outputs: readonly Known[] = []
  // Extents that change from one iteration to the next become unknown; each round settles at least one axis or rank.
  for (let round = 0; round < 4; round++) {
    outputs = inferLeniently(infer, body, [iteration, condition, ...carried])
    const widened = carried.map((fact, index) => either(fact, outputs[index + 1]))
    if (JSON.stringify(widened) === JSON.stringify(carried)) break
    carried = round < 2 ? widened : widened.map((fact) => fact && { dataType: fact.dataType })
  }
  const trips = numbersAt(context, 0)?.[0]
  const unconditional = !context.node.inputs[1]
  const scans = outputs.slice(1 + initial.length).map((fact) => fact && { dataType: fact.dataType, shape: fact.shape && [unconditional && trips !== undefined ? trips : null, ...fact.shape] })
  return [...carried, ...scans]
}

function inferScan(context: ShapeContext, infer: InferBody): readonly Known[] {
  if (context.opset < 9) return []
  const { node } = context
  const scanned = intOf(node, 'num_scan_inputs', 0)
  const states = context.inputs.slice(0, context.inputs.length - scanned).map((fact) => fact && { dataType: fact.dataType, shape: fact.shape })
  const inputAxes = intsOf(node, 'scan_input_axes')
  const outputAxes = intsOf(node, 'scan_output_axes')
  let length: number | string | null = null
  const slices = context.inputs.slice(states.length).map((fact, index): Known => {
    if (!fact?.shape) return undefined
    const axis = ((inputAxes?.[index] ?? 0) + fact.shape.length) % fact.shape.length
    length = unifyDims(length, fact.shape[axis] ?? null) ?? length
    return { dataType: fact.dataType, shape: fact.shape.filter((_, at) => at !== axis) }
  })
  const outputs = inferLeniently(infer, graphAttributeOf(node, 'body'), [...states, ...slices])
  const stacked = outputs.slice(states.length).map((fact, index): Known => {
    if (!fact?.shape) return fact
    const axis = outputAxes?.[index] ?? 0
    const at = axis < 0 ? axis + fact.shape.length + 1 : axis
    return { dataType: fact.dataType, shape: [...fact.shape.slice(0, at), length, ...fact.shape.slice(at)] }
  })
  return [...states.map((fact, index) => either(fact, outputs[index])), ...stacked]
}

const controlFlow: Readonly<Record<string, (context: ShapeContext, infer: InferBody) => readonly Known[]>> = { If: inferIf, Loop: inferLoop, Scan: inferScan }

export const controlFlowRuleOf = (opType: string): ((context: ShapeContext, infer: InferBody) => readonly Known[]) | undefined => controlFlow[opType]
