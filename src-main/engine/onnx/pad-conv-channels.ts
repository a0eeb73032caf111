/**
 * onnxruntime 1.30 on WebGPU computes a Conv with 6, 9, 15, ... input channels (a multiple of 3 that is none of 4, beyond 3 itself) and a multiple
 * of 4 output channels wrongly: off by several percent, measured with SwiftShader. With zeros for the channels that miss to the next multiple of 4 it is right.
 */
import { intOf } from './attributes.ts'
import { isStandard } from './model.ts'
import type { Model, Node, Tensor } from './model.ts'
import type { Fact } from './shapes/define-shape.ts'
import { int64Tensor } from './tensor-data.ts'

export function padConvChannels(model: Model, facts: ReadonlyMap<string, Fact>): Model {
  const constants = new Map<string, Tensor>()
  const nodes = model.graph.nodes.flatMap((node): readonly Node[] => {
    const [x = '', w = ''] = node.inputs
    const shape = facts.get(w)?.shape
    if (node.opType !== 'Conv' || !isStandard(node) || intOf(node, 'group', 1) !== 1 || !shape) return [node]
    const [filters = 0, channels = 0, ...kernel] = shape.map(Number)
    if (filters % 4 !== 0 || channels % 4 === 0 || channels % 3 !== 0 || channels === 3 || kernel.every((taps) => taps === 1)) return [node]
    const amounts = `${node.name}/channel_padding`
    constants.set(amounts, int64Tensor([2 * shape.length], [0, 0, ...kernel.map(() => 0), 0, 4 - (channels % 4), ...kernel.map(() => 0)]))
    const padded = (name: string, part: string): Node => ({ name: `${node.name}/${part}`, opType: 'Pad', domain: '', inputs: [name, amounts], outputs: [`${node.name}/${part}`], attributes: new Map() })
    return [padded(x, 'padded_input'), padded(w, 'padded_kernel'), { ...node, inputs: [`${node.name}/padded_input`, `${node.name}/padded_kernel`, ...node.inputs.slice(2)] }]
  })
  return constants.size === 0 ? model : { ...model, graph: { ...model.graph, nodes, initializers: new Map([...model.graph.initializers, ...constants]) } }
}
