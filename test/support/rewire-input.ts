/** A network made to want its pictures another way: what it does with them stays the same. */
import { attributesOf, int, ints } from '#engine/onnx/attributes.ts'
import type { Model, Node } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import type { Normalization } from '#contract/preprocessing.ts'

/** `model` reads [1, 3, H, W] pictures as `own` has them; the result reads them as `wanted` has them, and channels last where asked for. */
export function rewireInput(model: Model, own: Normalization, wanted: Normalization, channelsLast: boolean): Model {
  const { graph } = model
  const input = graph.inputs.find(({ name }) => !graph.initializers.has(name))!
  const shape = input.type?.kind === 'tensor' ? (input.type.shape ?? []) : []
  const [height, width] = [shape[2]!, shape[3]!]
  const place = ({ channels }: Normalization, color: number): number => (channels === 'BGR' ? 2 - color : color)
  // Channel j of the model shows the color that stands at order[j] in what is fed.
  const order = [0, 1, 2].map((channel) => place(wanted, place(own, channel)))
  const gain = order.map((from, to) => ((wanted.std[from]! / wanted.scale) * own.scale) / own.std[to]!)
  const offset = order.map((from, to) => ((wanted.mean[from]! / wanted.scale) * own.scale - own.mean[to]!) / own.std[to]!)
  const node = (opType: string, inputs: readonly string[], output: string, attributes = attributesOf({})): Node => ({ name: `rewire/${opType}`, opType, domain: '', inputs, outputs: [output], attributes })
  const nodes = [
    ...(channelsLast ? [node('Transpose', ['rewire/picture'], 'rewire/planar', attributesOf({ perm: ints([0, 3, 1, 2]) }))] : []),
    node('Gather', [channelsLast ? 'rewire/planar' : 'rewire/picture', 'rewire/order'], 'rewire/ordered', attributesOf({ axis: int(1) })),
    node('Mul', ['rewire/ordered', 'rewire/gain'], 'rewire/scaled'),
    node('Add', ['rewire/scaled', 'rewire/offset'], input.name),
  ]
  const initializers = new Map([...graph.initializers, ['rewire/order', int64Tensor([3], order)], ['rewire/gain', float32Tensor([1, 3, 1, 1], gain)], ['rewire/offset', float32Tensor([1, 3, 1, 1], offset)]] as const)
  const picture = { name: 'rewire/picture', type: { kind: 'tensor', dataType: 'float32', shape: channelsLast ? [1, height, width, 3] : [1, 3, height, width] } } as const
  return { ...model, graph: { ...graph, initializers, nodes: [...nodes, ...graph.nodes], inputs: graph.inputs.map((each) => (each === input ? picture : each)) } }
}
