/**
 * Where ReLUs behind which statistics are read let gradients pass (mask.ts). Statistics leave onnxruntime's blocked layout: such a map is held flat until the way back.
 * Its mask, read from the blocked map, became flat as well, and onnxruntime made it ahead of the whole way back: 122 MB of VGG-19 at 512 pixels. Read from
 * the flat map it needs no other, and it is made when it is used, for its place in the file is before whatever else that takes.
 */
import type { Value } from '../../autodiff/emit.ts'
import { attributesOf } from '../../onnx/attributes.ts'
import type { Model, Node, Tensor } from '../../onnx/model.ts'
import { int64Tensor } from '../../onnx/tensor-data.ts'

/** `maps`: outputs of ReLUs. The same values by other means. */
export function withFlatMasks(model: Model, maps: readonly Value[]): Model {
  const { graph } = model
  const dimsOf = new Map(maps.map(({ name, dims }) => [name, dims]))
  const shapes = new Map<string, Tensor>()
  const masks = new Map<string, Node[]>()
  const reshaped = (input: string, output: string, dims: readonly number[]): Node => {
    shapes.set(`${output}/shape`, int64Tensor([dims.length], [...dims]))
    return { name: output, opType: 'Reshape', domain: '', inputs: [input, `${output}/shape`], outputs: [output], attributes: attributesOf({}) }
  }
  const others = graph.nodes.filter((node) => {
    const [map = '', ...more] = node.inputs
    const [mask = ''] = node.outputs
    const dims = dimsOf.get(map)
    if (node.opType !== 'HardSigmoid' || more.length > 0 || !dims) return true
    const [flat, flatMask] = [`${mask}/flat`, `${mask}/flat_mask`]
    masks.set(map, [...masks.get(map) ?? [], reshaped(map, flat, [-1]), { ...node, name: flatMask, inputs: [flat], outputs: [flatMask] }, reshaped(flatMask, mask, dims)])
    return false
  })
  if (masks.size === 0) return model
  const nodes = others.flatMap((node) => [node, ...node.outputs.flatMap((output) => masks.get(output) ?? [])])
  return { ...model, graph: { ...graph, nodes, initializers: new Map([...graph.initializers, ...shapes]) } }
}
