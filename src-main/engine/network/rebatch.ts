/**
 * Exporters freeze the batch of one that they traced into the shapes that Reshape is given ([1, -1], [1, 9216]). This frees it:
 * a Reshape of something computed from the inputs to a shape that begins with 1 keeps the batch it gets. Rows stay rows,
 * whatever the other extents are; that nothing else depends on the batch is checked by inference afterwards.
 */
import type { Model, Node, Tensor } from '../onnx/model.ts'
import { int64Tensor, numbersOf } from '../onnx/tensor-data.ts'
import { dataInputs, namer } from '../onnx/graph.ts'

export function freeBatch(model: Model, batch: number): Model {
  if (batch === 1) return model
  const { graph } = model
  const fresh = namer(model)
  const computed = new Set(dataInputs(graph).map((input) => input.name))
  const added = new Map<string, Tensor>()
  const nodes = graph.nodes.map((node): Node => {
    if (!node.inputs.some((name) => computed.has(name))) return node
    for (const output of node.outputs) computed.add(output)
    const [data = '', shape = ''] = node.inputs
    const tensor = graph.initializers.get(shape)
    if (node.opType !== 'Reshape' || node.domain !== '' || !computed.has(data) || !tensor) return node
    const dims = numbersOf(tensor)
    if (dims[0] !== 1 || dims.length < 2) return node
    const name = fresh(`${shape}/batch`)
    added.set(name, int64Tensor([dims.length], [batch, ...dims.slice(1)]))
    return { ...node, inputs: [data, name, ...node.inputs.slice(2)] }
  })
  return added.size === 0 ? model : { ...model, graph: { ...graph, nodes, initializers: new Map([...graph.initializers, ...added]) } }
}
