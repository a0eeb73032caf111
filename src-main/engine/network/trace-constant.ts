/** The content of a value that does not depend on the inputs, through the nodes that exporters put behind weights. */
import { intOf, intsOf, tensorAttributeOf } from '../onnx/attributes.ts'
import type { GraphIndex } from '../onnx/graph.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { elementCount, float32Of, numbersOf } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

/** As float32; undefined where the value is computed at run time, or is not numeric. */
export function traceConstant(graph: Graph, { producers }: Pick<GraphIndex, 'producers'>, name: string): FloatTensor | undefined {
  const tensor = graph.initializers.get(name)
  if (tensor) return tensor.dataType === 'string' ? undefined : floatTensor(tensor.dims, float32Of(tensor))
  const node = producers.get(name)
  if (!node) return undefined
  const read = (index: number): FloatTensor | undefined => {
    const from = node.inputs[index]
    return from ? traceConstant(graph, { producers }, from) : undefined
  }
  switch (node.opType) {
    case 'Constant': {
      const value = tensorAttributeOf(node, 'value')
      return value && floatTensor(value.dims, float32Of(value))
    }
    // Casts between integer types could wrap; weights are cast to float.
    case 'Identity': case 'Cast': return read(0)
    case 'Transpose': {
      const input = read(0)
      return input && transposed(input, intsOf(node, 'perm') ?? input.dims.map((_, axis) => input.dims.length - 1 - axis))
    }
    case 'Reshape': return reshaped(read(0), graph, node)
    case 'DequantizeLinear': return dequantized(read(0), read(1), read(2), node)
    default: return undefined
  }
}

/** y = (x - zero point) * scale, with one scale, one per slice of `axis`, or one per block along it. */
function dequantized(x: FloatTensor | undefined, scale: FloatTensor | undefined, zero: FloatTensor | undefined, node: Node): FloatTensor | undefined {
  if (!x || !scale || intOf(node, 'block_size', 0) !== 0) return undefined
  const perAxis = scale.data.length > 1
  const axis = (intOf(node, 'axis', 1) + x.dims.length) % Math.max(1, x.dims.length)
  const inner = perAxis ? elementCount(x.dims.slice(axis + 1)) : x.data.length
  const data = x.data.map((value, index) => {
    const slice = perAxis ? Math.floor(index / inner) % scale.data.length : 0
    return (value - (zero?.data[slice] ?? 0)) * (scale.data[slice] ?? 1)
  })
  return floatTensor(x.dims, data)
}

function reshaped(input: FloatTensor | undefined, graph: Graph, node: Node): FloatTensor | undefined {
  const shape = graph.initializers.get(node.inputs[1] ?? '')
  if (!input || !shape) return undefined
  const wanted = numbersOf(shape).map((dim, axis) => (dim === 0 ? (input.dims[axis] ?? 1) : dim))
  const known = wanted.filter((dim) => dim !== -1).reduce((product, dim) => product * dim, 1)
  return floatTensor(wanted.map((dim) => (dim === -1 ? input.data.length / known : dim)), input.data)
}

/** Axis i of the result is axis perm[i] of the input. */
export function transposed({ dims, data }: FloatTensor, perm: readonly number[]): FloatTensor {
  const outDims = perm.map((axis) => dims[axis] ?? 1)
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)))
  const steps = perm.map((axis) => strides[axis] ?? 1)
  const out = new Float32Array(data.length)
  const index = outDims.map(() => 0)
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from] ?? 0
    for (let axis = outDims.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1
      from += steps[axis] ?? 0
      if ((index[axis] ?? 0) < (outDims[axis] ?? 1)) break
      from -= (outDims[axis] ?? 1) * (steps[axis] ?? 0)
      index[axis] = 0
    }
  }
  return floatTensor(outDims, out)
}
