import { elementCount, int64Tensor } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'

/** Index tuples of GatherND with `batchDims` leading batch axes, made to name those axes too, as ScatterND needs. */
export function withBatchIndices(emit: Emit, indices: Value, batchDims: number): Value {
  if (batchDims === 0) return indices
  const batch = indices.dims.slice(0, batchDims)
  const inner = indices.dims.slice(batchDims, -1)
  const positions: number[] = []
  for (let flat = 0; flat < elementCount(batch); flat++) {
    let rest = flat
    const tuple = batch.map(() => 0)
    for (let axis = batchDims - 1; axis >= 0; axis--) {
      const dim = batch[axis] ?? 1
      tuple[axis] = rest % dim
      rest = Math.floor(rest / dim)
    }
    positions.push(...tuple)
  }
  const prefix = emit.constant(int64Tensor([...batch, ...inner.map(() => 1), batchDims], positions))
  return emit.concat([emit.expand(prefix, [...batch, ...inner, batchDims]), indices], -1)
}
