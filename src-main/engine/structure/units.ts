/** The data nodes of a model as units: compositions where a pattern finds one, else single operators. */
import type { Node } from '../onnx/model.ts'
import activations from './patterns/activations.ts'
import attention from './patterns/attention.ts'
import layerNormalization from './patterns/layer-normalization.ts'
import shuffles from './patterns/shuffles.ts'
import { slicesApart, slicesJoined } from './patterns/slices.ts'
import { unitOf } from './unit.ts'
import type { Unit } from './unit.ts'
import type { ValueGraph } from './value-graph.ts'

/** In order of precedence: attention claims the slices of its queries before anything else can. */
const patterns = [attention, layerNormalization, activations, shuffles, slicesJoined, slicesApart]

/** In topological order of what they read and yield. */
export function unitsOf(values: ValueGraph): readonly Unit[] {
  const taken = new Set<Node>()
  const units: Unit[] = []
  for (const pattern of patterns)
    for (const node of values.dataNodes) {
      if (taken.has(node) || !pattern.anchors.includes(node.opType)) continue
      const unit = pattern.match(node, values, taken)
      if (!unit) continue
      for (const member of unit.nodes) taken.add(member)
      units.push(unit)
    }
  for (const node of values.dataNodes) if (!taken.has(node)) units.push(unitOf(node.opType, [node], values))
  return inOrder(units, values)
}

/** A composition's nodes lie scattered in the file: units are ordered by what they read, ties by the file. */
function inOrder(units: readonly Unit[], values: ValueGraph): readonly Unit[] {
  const makers = new Map(units.flatMap((unit) => unit.nodes.flatMap((node) => node.outputs.map((name) => [name, unit] as const))))
  const position = (unit: Unit): number => values.indexOf(unit.nodes.at(-1) as Node)
  const ordered: Unit[] = []
  const state = new Map<Unit, 'open' | 'done'>()
  for (const first of [...units].sort((a, b) => position(a) - position(b))) {
    const stack = [first]
    while (stack.length > 0) {
      const unit = stack.at(-1) as Unit
      if (state.get(unit) === 'done') stack.pop()
      else if (state.get(unit) === 'open') {
        state.set(unit, 'done')
        ordered.push(unit)
        stack.pop()
      } else {
        state.set(unit, 'open')
        for (const name of unit.inputs) {
          const maker = makers.get(name)
          if (maker && !state.has(maker)) stack.push(maker)
        }
      }
    }
  }
  return ordered
}
