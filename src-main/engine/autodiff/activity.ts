import { valuesReadBy } from '../onnx/captures.ts'
import type { Graph, Node } from '../onnx/model.ts'
import type { ForwardValues } from './facts.ts'
import { gradientStateOf, isDifferentiableAt } from './registry.ts'

export interface Activity {
  /** Values that depend on a wanted value through operators that a gradient can pass, and the wanted values themselves. */
  readonly active: ReadonlySet<string>
  /** Integers that a refused operator (a quantized one) computed from an active value, with that node: a gradient that gets here is refused, not zero. */
  readonly refusedBy: ReadonlyMap<string, Node>
}

export function activityOf(graph: Graph, wrt: readonly string[], values: ForwardValues): Activity {
  const active = new Set(wrt)
  const refusedBy = new Map<string, Node>()
  for (const node of graph.nodes) {
    const state = gradientStateOf(node)
    if (state.state === 'non-differentiable') continue
    const read = valuesReadBy(node)
    const passes = state.state === 'rule' ? node.inputs.some((name, index) => active.has(name) && isDifferentiableAt(state.rule, index)) : read.some((name) => active.has(name))
    const origin = read.map((name) => refusedBy.get(name)).find((each) => each !== undefined) ?? (state.state === 'refused' && passes ? node : undefined)
    if (!passes && !origin) continue
    for (const output of node.outputs) {
      if (output === '') continue
      if (values.isFloating(output)) active.add(output)
      else if (origin) refusedBy.set(output, origin)
    }
  }
  return { active, refusedBy }
}
