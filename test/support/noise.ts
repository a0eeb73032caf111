/** Seeded normal values, to feed and as weights. */
import { createRandom } from '#engine/lib/random.ts'
import type { Tensor } from '#engine/onnx/model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'

export function noise(dims: readonly number[], seed: number): FloatTensor {
  const random = createRandom(seed)
  return floatTensor(dims, Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => random.normal(0, 1)))
}

export const noiseWeight = (dims: readonly number[], seed: number): Tensor => float32Tensor(dims, noise(dims, seed).data)
