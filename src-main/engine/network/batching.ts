/** Several pictures in one tensor: taking it apart and putting results together, along axis 0. */
import { AppError, invariant } from '#contract/errors.ts'
import type { TypedArray } from '../onnx/tensor-data.ts'
import { float32Of, tensorOf, tensorOfNumbers, numbersOf, typedArrayOf } from '../onnx/tensor-data.ts'
import type { DataType } from '../onnx/model.ts'
import type { HostTensor, HostTensors } from '../runtime/host-tensor.ts'

/** Rows `index * rows` and on of the first axis, as a view. */
export function rowsOf({ dataType, dims, data }: HostTensor, index: number, rows: number): HostTensor {
  const length = (data.length / (dims[0] ?? 1)) * rows
  return { dataType, dims: [rows, ...dims.slice(1)], data: data.subarray(index * length, (index + 1) * length) }
}

/** Results of one picture each as one tensor. */
export function stacked(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts
  invariant(first, 'nothing to stack')
  if (parts.length === 1) return first
  const data = new (first.data.constructor as new (length: number) => TypedArray)(first.data.length * parts.length)
  parts.forEach((part, index) => { data.set(part.data as never, index * first.data.length) })
  return { dataType: first.dataType, dims: first.dims.length === 0 ? [parts.length] : [parts.length * (first.dims[0] ?? 1), ...first.dims.slice(1)], data }
}

export function summed(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts
  invariant(first, 'nothing to sum')
  const data = Float32Array.from(first.data as Float32Array)
  for (const part of parts.slice(1)) for (let index = 0; index < data.length; index++) data[index] = (data[index] ?? 0) + Number(part.data[index])
  return { dataType: 'float32', dims: first.dims, data }
}

/** The pictures of a batch, each with everything that is fed beside it. */
export function eachPicture(feeds: HostTensors, batch: number): HostTensors[] {
  for (const [name, { dims }] of Object.entries(feeds))
    if ((dims[0] ?? 0) % batch !== 0) throw new AppError('shape-mismatch', `'${name}' of shape [${dims.join(', ')}] cannot be divided over ${batch} pictures: give every input the same batch size.`)
  return Array.from({ length: batch }, (_, index) => Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, rowsOf(tensor, index, (tensor.dims[0] ?? batch) / batch)])))
}

/** A feed in the element type that the computed model has: the file may say float16 where float32 is computed. */
export function asType(feed: HostTensor, dataType: DataType): HostTensor {
  if (feed.dataType === dataType) return feed
  const tensor = tensorOf(feed.dataType, feed.dims, feed.data)
  if (dataType === 'float32') return { dataType, dims: feed.dims, data: float32Of(tensor) }
  return { dataType, dims: feed.dims, data: typedArrayOf(tensorOfNumbers(dataType, feed.dims, numbersOf(tensor))) }
}
