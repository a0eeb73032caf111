/** A model that this trainer made earlier bears the names that it would give again: they are set apart. */
import type { Model, ValueInfo } from '../../onnx/model.ts'

export interface Renamed { readonly model: Model; readonly rename: (name: string) => string }

/** What the trainer calls its own values. */
const own = /^(?:input|target|rate|example_weights|picture|numbers|probabilities|answers|zero|one|six|half|rsqrt2)$|^(?:adapt|head|standardize|answers|features|loss|body|base|update|grad|norm)\//

export function setApart(model: Model): Renamed {
  const { graph } = model
  const names = [...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => [node.name, ...node.outputs])]
  if (!names.some((name) => own.test(name))) return { model, rename: (name) => name }
  const rename = (name: string): string => (name === '' ? '' : `base/${name}`)
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: rename(value.name) })
  return {
    rename,
    model: {
      ...model,
      graph: {
        ...graph, inputs: graph.inputs.map(info), outputs: graph.outputs.map(info),
        nodes: graph.nodes.map((node) => ({ ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
        initializers: new Map([...graph.initializers].map(([name, tensor]) => [rename(name), tensor])),
        valueInfos: new Map([...graph.valueInfos].map(([name, value]) => [rename(name), info(value)])),
      },
    },
  }
}
