import type { Target } from '../autodiff/target.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'
import { int } from '../onnx/attributes.ts'
import type { Flow, NetworkBuilder } from './builder.ts'

/** The mean over the batch and every output. */
export function meanOf(builder: NetworkBuilder, each: Flow): Target {
  return { kind: 'sum', tensor: builder.node('ReduceMean', 'loss/mean', [each.name], [], { keepdims: int(0) }).name }
}

/** The mean over the batch of what is summed over the outputs. */
export function meanOverBatch(builder: NetworkBuilder, each: Flow): Target {
  const sum = builder.node('ReduceSum', 'loss/sum', [each.name], [], { keepdims: int(0) })
  return { kind: 'sum', tensor: builder.node('Mul', 'loss/mean', [sum.name, builder.constant('loss/share', float32Tensor([], [1 / Number(builder.batch)]))], []).name }
}
