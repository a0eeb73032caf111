/** A layer's weights as pictures. */
import type { BuiltLayer } from './builder.ts'
import type { BuiltNetwork } from './network.ts'

export interface Kernels {
  /** [outputs, inputs, height, width] */
  readonly dims: readonly number[]
  readonly data: Float32Array
  /** Largest absolute weight: the ends of a color map. */
  readonly extent: number
}

/** A dense layer on the picture itself shows what each unit looks for in it; elsewhere it is a column of weights. */
export function kernelsOf(network: BuiltNetwork, layer: BuiltLayer, dims: readonly number[], data: Float32Array): Kernels {
  const extent = data.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0)
  if (dims.length === 4) return { dims, data, extent }
  const [units = 0, features = 0] = dims
  const onPicture = network.inputDims.length === 3 && layer.id === network.layers.find((each) => each.kernel !== undefined)?.id && network.inputDims.reduce((product, dim) => product * dim, 1) === features
  return { dims: onPicture ? [units, ...network.inputDims] : [units, features, 1, 1], data, extent }
}
