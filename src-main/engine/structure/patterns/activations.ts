/**
 * Activations that exporters write as x times a gate of x:
 * SiLU x sigmoid(x) · HardSwish x clip(x + 3, 0, 6) / 6 · Mish x tanh(softplus(x)) · Gelu x (1 + erf(x / sqrt 2)) / 2 and its tanh form.
 */
import type { Node } from '../../onnx/model.ts'
import { definePattern, isInner, readsScalar, unitOf } from '../unit.ts'
import { onlyReaderOf } from '../value-graph.ts'
import type { ValueGraph } from '../value-graph.ts'

const names: Readonly<Record<string, string>> = { Sigmoid: 'SiLU', HardSigmoid: 'HardSwish', Clip: 'HardSwish', Softplus: 'Mish', Erf: 'Gelu', Tanh: 'Gelu' }
/** Their factor (1/2, 1/6) may stand before, inside or after the product. */
const haveFactor: ReadonlySet<string> = new Set(['Clip', 'Erf', 'Tanh'])

const scales = (node: Node, values: ValueGraph): boolean => (node.opType === 'Mul' || node.opType === 'Div') && values.dataInputsOf(node).length === 1 && readsScalar(node, values)
const shifts = (node: Node, values: ValueGraph): boolean => node.opType === 'Add' && values.dataInputsOf(node).length === 1 && readsScalar(node, values)

/** Back from the gate's function to x, through scaling, shifting and the cubic term of Gelu's tanh form. */
function sourceOf(gate: Node, values: ValueGraph, members: Set<Node>): string {
  let name = values.dataInputsOf(gate)[0] ?? ''
  for (let node = values.producerOf(name); node && onlyReaderOf(values, name); node = values.producerOf(name)) {
    if ((scales(node, values) && gate.opType !== 'Sigmoid') || (shifts(node, values) && gate.opType === 'Clip')) {
      members.add(node)
      name = values.dataInputsOf(node)[0] ?? ''
    } else if (gate.opType === 'Tanh' && node.opType === 'Add' && values.dataInputsOf(node).length === 2) {
      const cubic = cubicTerm(node, values)
      if (!cubic) return name
      for (const one of [node, ...cubic.nodes]) members.add(one)
      return cubic.x
    } else return name
  }
  return name
}

/** x + c x^3: the nodes of the cubic term. */
function cubicTerm(sum: Node, values: ValueGraph): { readonly x: string; readonly nodes: readonly Node[] } | undefined {
  const inputs = values.dataInputsOf(sum)
  for (const x of inputs) {
    const nodes: Node[] = []
    let name = inputs.find((other) => other !== x) ?? ''
    for (let node = values.producerOf(name); node && ['Mul', 'Pow'].includes(node.opType) && nodes.length < 4; node = values.producerOf(name)) {
      nodes.push(node)
      const data = values.dataInputsOf(node)
      name = data.find((one) => one !== x) ?? x
      if (name === x) return { x, nodes }
    }
  }
  return undefined
}

export default definePattern({
  anchors: Object.keys(names),
  match: (gate, values, taken) => {
    const op = names[gate.opType]
    const members = new Set([gate])
    const x = sourceOf(gate, values, members)
    let scaled = false
    let next = onlyReaderOf(values, gate.outputs[0] ?? '')
    let gated = gate.outputs[0] ?? ''
    while (next && (scales(next, values) || shifts(next, values) || (gate.opType === 'Softplus' && next.opType === 'Tanh'))) {
      scaled ||= scales(next, values)
      members.add(next)
      gated = next.outputs[0] ?? ''
      next = onlyReaderOf(values, gated)
    }
    if (!op || next?.opType !== 'Mul') return undefined
    const other = values.dataInputsOf(next).find((name) => name !== gated)
    if (other === undefined) return undefined
    if (other !== x) {
      const half = values.producerOf(other)
      if (!half || !scales(half, values) || values.dataInputsOf(half)[0] !== x) return undefined
      members.add(half)
      scaled = true
    }
    members.add(next)
    const last = onlyReaderOf(values, next.outputs[0] ?? '')
    const result = haveFactor.has(gate.opType) && !scaled && last && scales(last, values) ? last : next
    members.add(result)
    if ([...members].some((node) => taken.has(node) || (node !== result && !isInner(node, members, values)))) return undefined
    // Erf and Clip alone are no activation of this kind: Gelu needs 1 + erf, HardSwish x + 3.
    return gate.opType === 'Clip' && members.size < 3 ? undefined : unitOf(op, members, values)
  },
})
