/** Models that the runtime's tests run. */
import { graphModel } from '../../support/graph-model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import type { Model } from '#engine/onnx/model.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { CachedSource } from '#engine/runtime/runtime.ts'
import { writeModel } from '#engine/onnx/write.ts'

/** y = 2 x + 1 over [1, 4]; z = sum y */
export const affine = (): Model => graphModel({
  inputs: { x: [1, 4] },
  nodes: [
    { op: 'Mul', inputs: ['x', 'two'], outputs: ['scaled'] },
    { op: 'Add', inputs: ['scaled', 'one'], outputs: ['y'] },
    { op: 'ReduceSum', inputs: ['y'], outputs: ['z'] },
  ],
  outputs: { y: [1, 4], z: undefined },
  constants: { two: float32Tensor([], [2]), one: float32Tensor([], [1]) },
})

/** Ascends f(s) = -|s - g|^2 / 2: s' = s + rate * (g - s), with f(s') returned. */
export const ascent = (size = 4): Model => graphModel({
  inputs: { s: [size], goal: [size] },
  nodes: [
    { op: 'Sub', inputs: ['goal', 's'], outputs: ['gradient'] },
    { op: 'Mul', inputs: ['gradient', 'rate'], outputs: ['step'] },
    { op: 'Add', inputs: ['s', 'step'], outputs: ['next'] },
    { op: 'Sub', inputs: ['goal', 'next'], outputs: ['rest'] },
    { op: 'ReduceSumSquare', inputs: ['rest'], outputs: ['squared'] },
    { op: 'Mul', inputs: ['squared', 'minusHalf'], outputs: ['f'] },
  ],
  outputs: { next: [size], f: undefined },
  constants: { rate: float32Tensor([], [0.5]), minusHalf: float32Tensor([], [-0.5]) },
})

/** A convolution heavy enough to take some tens of milliseconds. */
export const slow = (size = 224, channels = 64): Model => graphModel({
  inputs: { x: [1, channels, size, size] },
  nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }, { op: 'ReduceSum', inputs: ['y'], outputs: ['z'] }],
  outputs: { z: undefined },
  constants: { w: float32Tensor([channels, channels, 3, 3], new Float32Array(channels * channels * 9).fill(0.01)) },
})
export const slowInput = (size = 224, channels = 64) => floatTensor([1, channels, size, size], new Float32Array(channels * size * size).fill(0.5))

export const cached = (model: Model, bytes = 1): CachedSource => ({ source: { kind: 'bytes', bytes: writeModel(model), owned: true }, bytes })
