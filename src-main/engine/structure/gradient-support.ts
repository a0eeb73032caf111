/** Whether an operator of a model has a gradient, as far as the model tells before anything is differentiated. */
import type { OperatorCount } from '#contract/graph.ts'
import { gradientStateOf } from '../autodiff/registry.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Model, Node } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { isNumber } from '../onnx/shapes/dims.ts'

export type GradientSupport = Pick<OperatorCount, 'gradient' | 'reason'>

/** Operators that upgrading the model replaces. */
const upgradedTo: Readonly<Record<string, string>> = { Upsample: 'Resize', Scatter: 'ScatterElements' }

export function gradientSupportOf(node: Node, model: Model, facts: ReadonlyMap<string, Fact>): GradientSupport {
  const opType = node.domain === '' ? (upgradedTo[node.opType] ?? node.opType) : node.opType
  const state = gradientStateOf({ domain: node.domain, opType })
  if (state.state === 'missing') return { gradient: 'missing', reason: 'there is no gradient rule for this operator' }
  if (state.state !== 'rule') return state.state === 'refused' ? { gradient: 'refused', reason: state.reason } : { gradient: 'non-differentiable' }
  const inputs = node.inputs.map((name) => {
    const fact = facts.get(name)
    return fact && { name, dataType: fact.dataType, dims: (fact.shape ?? []).map((dim) => (isNumber(dim) ? dim : 1)), ...(fact.constant ? { constant: fact.constant } : {}) }
  })
  const reason = state.rule.refuse?.({ node, opset: opsetOf(model), inputs, optionalConstantInput: (index) => inputs[index]?.constant })
  return reason === undefined ? { gradient: 'differentiable' } : { gradient: 'refused', reason }
}
