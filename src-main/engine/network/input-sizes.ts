/** Which size to compute at: what the file declares, and usual values where it leaves an axis open. */
import { AppError } from '#contract/errors.ts'
import { dataInputs } from '../onnx/graph.ts'
import type { Dim, Model, ValueInfo } from '../onnx/model.ts'
import type { NetworkInput } from './network.ts'

/** The extent of most classifiers' pictures, for spatial axes that the file leaves open. */
const usualExtent = 224
const usualPicture = [1, 3, usualExtent, usualExtent]
const isChannels = (dim: Dim | undefined): boolean => dim === 1 || dim === 3

function dimsOf({ name, type }: ValueInfo, chosen: readonly number[] | undefined): readonly number[] {
  const declared = type?.kind === 'tensor' ? type.shape : undefined
  if (!chosen) return declared ? declared.map((dim, axis) => (typeof dim === 'number' && dim > 0 ? dim : openAxis(declared, axis))) : usualPicture
  if (declared && declared.length !== chosen.length)
    throw new AppError('shape-mismatch', `The input '${name}' has ${declared.length} axes, [${declared.map((dim) => dim ?? '?').join(', ')}]; a size of ${chosen.length}, [${chosen.join(', ')}], was given.`)
  return chosen
}

function openAxis(declared: readonly Dim[], axis: number): number {
  if (axis === 0 || declared.length !== 4) return 1
  const channelsLast = isChannels(declared[3]) && !isChannels(declared[1])
  const channelAxis = channelsLast ? 3 : 1
  return axis === channelAxis ? 3 : usualExtent
}

/** The inputs to feed, each of a static size; `chosen` by name replaces what the file says. */
export function networkInputs(model: Model, chosen: Readonly<Record<string, readonly number[]>> = {}): NetworkInput[] {
  return dataInputs(model.graph).map((info) => ({ name: info.name, dataType: info.type?.kind === 'tensor' ? info.type.dataType : 'undefined', dims: dimsOf(info, chosen[info.name]) }))
}
