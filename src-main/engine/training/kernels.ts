/** A layer's weights as pictures. */
import type { RunEvent } from '#contract/training.ts'
import type { BuiltLayer } from './builder.ts'
import type { BuiltNetwork } from './network.ts'
import type { Trainer } from './trainer.ts'

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

/** Of a layer that is watched; undefined where it has none. */
export async function kernelsEvent(network: BuiltNetwork, id: string, epoch: number, trainer: Pick<Trainer, 'state'>): Promise<Extract<RunEvent, { type: 'kernels' }> | undefined> {
  const layer = network.layers.find((each) => each.id === id)
  if (layer?.kernel === undefined) return undefined
  const { [layer.kernel]: tensor } = await trainer.state([layer.kernel])
  if (!tensor) return undefined
  const { dims, data, extent } = kernelsOf(network, layer, tensor.dims, tensor.data as Float32Array)
  return { type: 'kernels', epoch, layer: id, kernels: { dims: [...dims], data: new Uint8Array(data.slice().buffer) }, extent }
}
