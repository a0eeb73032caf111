/** Tensors in this process's memory: what goes into a session and what comes out. */
import { invariant } from '#contract/errors.ts'
import type { DataType, Tensor } from '../onnx/model.ts'
import { elementCount, typedArrayOf } from '../onnx/tensor-data.ts'
import type { TypedArray } from '../onnx/tensor-data.ts'

/** Row-major, host byte order. float16 and bfloat16 are their 16-bit patterns (Uint16Array), bool is bytes. */
export interface HostTensor {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly data: TypedArray
}

/** A HostTensor known to hold float32. */
export interface FloatTensor extends HostTensor {
  readonly dataType: 'float32'
  readonly data: Float32Array
}

export type HostTensors = Readonly<Record<string, HostTensor>>

export function floatTensor(dims: readonly number[], data: Float32Array): FloatTensor {
  invariant(data.length === elementCount(dims), `${data.length} numbers do not fill a tensor of shape [${dims.join(', ')}]`)
  return { dataType: 'float32', dims, data }
}

export const hostTensorOf = (tensor: Tensor): HostTensor => ({ dataType: tensor.dataType, dims: tensor.dims, data: typedArrayOf(tensor) })

export function isFloat(tensor: HostTensor): tensor is FloatTensor {
  return tensor.dataType === 'float32'
}

export const byteLengthOf = (tensors: HostTensors): number => Object.values(tensors).reduce((sum, tensor) => sum + tensor.data.byteLength, 0)
