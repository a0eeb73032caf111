/** Joins the forward nodes and the emitted ones into a model that computes what was asked for and nothing else. */
import type { Model, ValueInfo } from '../onnx/model.ts'
import { prune } from '../onnx/prune.ts'
import { appendEmitted } from './append-emitted.ts'
import type { BuiltTarget } from './build-target.ts'
import type { Emit, Value } from './emit.ts'

export const infoOf = (value: Value): ValueInfo => ({ name: value.name, type: { kind: 'tensor', dataType: value.dataType, shape: value.dims } })

export function assemble(model: Model, emit: Emit, built: BuiltTarget, results: ReadonlyMap<string, Value>, keep: readonly ValueInfo[]): { model: Model; value: string; gradients: ReadonlyMap<string, string> } {
  emit.enter('output')
  const taken = new Set(keep.map((info) => info.name))
  const computed = new Set(emit.nodes.flatMap((node) => node.outputs))
  // An output must be made by a node, and only once: a constant, a fed value or a gradient that two values share is copied.
  const asOutput = (value: Value): Value => {
    const result = !computed.has(value.name) || taken.has(value.name) ? (emit.node('Identity', [value], {}, [value])[0] ?? value) : value
    taken.add(result.name)
    return result
  }
  const value = asOutput(built.value)
  const gradients = new Map([...results].map(([name, gradient]) => [name, asOutput(gradient)]))
  const seeds = new Map(built.inputs.map((info) => [info.name, info]))
  const joined = appendEmitted(model, emit, {
    inputs: [...model.graph.inputs, ...seeds.values()],
    outputs: [infoOf(value), ...[...gradients.values()].map(infoOf), ...keep],
  })
  return { model: prune(joined), value: value.name, gradients: new Map([...gradients].map(([name, gradient]) => [name, gradient.name])) }
}
