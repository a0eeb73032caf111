/** What is explained, resolved against a network: the value to differentiate and the weights of its elements. */
import type { Target } from '#contract/explain.ts'
import { AppError } from '#contract/errors.ts'
import { findLayer } from '../network/find-layer.ts'
import { displayInput } from '../network/network.ts'
import type { Network } from '../network/network.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { logitsOf } from '../network/logits.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { RunControls } from '../runtime/session.ts'

export interface ResolvedTarget {
  /** The value that is differentiated: logits where a Softmax gives the class output, otherwise the output or layer itself. */
  readonly tensor: string
  /** Weight of each element of one picture's value, of the value's shape at batch 1. */
  readonly seed: FloatTensor
  /** Class index, or null for a unit. */
  readonly index: number | null
  readonly label: string
}

/**
 * Throws 'target-invalid' where the class or unit does not exist or the model does not classify, 'layer-invalid' for an unknown layer.
 * Class `index` counts along the one axis that holds classes; of a map of classes ([1, C, H, W]) a channel's sum is meant.
 */
export async function resolveTarget(network: Network, display: DisplaySpace, picture: FloatTensor, target: Target, controls: RunControls = {}): Promise<ResolvedTarget> {
  if (target.kind === 'unit') return unitTarget(network, target)
  const tensor = classTensor(network, display)
  const dims = dimsOf(network, tensor)
  const classes = classCount(dims)
  const check = (index: number): number => {
    if (index < classes) return index
    throw new AppError('target-invalid', `Class ${index} does not exist: '${tensor}' has ${classes} classes, 0 to ${classes - 1}.`)
  }
  // What does not classify answers with channels of a picture, or with numbers.
  const noun = display.preprocessing.output !== 'none' ? 'class' : elementCount(dims) > classes ? 'channel' : 'output'
  const labelOf = (index: number): string => display.preprocessing.labels[index] ?? `${noun} ${index}`
  const seedOf = (weights: ReadonlyMap<number, number>): FloatTensor => {
    const data = new Float32Array(elementCount(dims))
    const positions = data.length / classes
    for (const [index, weight] of weights) data.fill(weight, index * positions, (index + 1) * positions)
    return floatTensor(dims, data)
  }
  switch (target.kind) {
    case 'class': return { tensor, seed: seedOf(new Map([[check(target.index), 1]])), index: target.index, label: labelOf(target.index) }
    case 'difference': {
      const { index, against } = target
      if (index === against) throw new AppError('target-invalid', `The difference of class ${index} and itself is nothing; choose two classes.`)
      return { tensor, seed: seedOf(new Map([[check(index), 1], [check(against), -1]])), index, label: `${labelOf(index)} rather than ${labelOf(against)}` }
    }
    case 'top': {
      check(target.rank - 1)
      const values = (await network.forward({ [displayInput]: picture }, [tensor], { display, ...controls }))[tensor]
      const scores = sumByClass(values?.data as Float32Array, classes)
      const index = scores.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))[target.rank - 1] ?? 0
      return { tensor, seed: seedOf(new Map([[index, 1]])), index, label: labelOf(index) }
    }
  }
}

/** The value that holds one score a class. */
export function classTensor(network: Network, { preprocessing }: DisplaySpace): string {
  const output = preprocessing.outputTensor ?? network.outputs[0]
  if (output === undefined || !network.facts.has(output))
    throw new AppError('target-invalid', output === undefined ? 'The model has no output to explain.' : `The model has no output '${output}'. Its outputs are ${network.outputs.map((name) => `'${name}'`).join(', ')}. Correct the preprocessing record.`)
  return logitsOf(network.compute.graph, output)
}

/** Classes lie along the axis after the batch, or along the only axis that is longer than 1. */
function classCount(dims: readonly number[]): number {
  const long = dims.filter((dim) => dim > 1)
  return long.length === 1 ? (long[0] ?? 1) : (dims[1] ?? dims[0] ?? 1)
}

function sumByClass(values: Float32Array, classes: number): number[] {
  const positions = values.length / classes
  return Array.from({ length: classes }, (_, index) => values.subarray(index * positions, (index + 1) * positions).reduce((sum, value) => sum + value, 0))
}

function dimsOf(network: Network, tensor: string): readonly number[] {
  const dims = staticDims(network.facts.get(tensor)?.shape)
  if (!dims) throw new AppError('shape-unknown', `The shape of '${tensor}' is not known, so no unit of it can be chosen.`)
  return dims
}

/** A channel's sum or one position of it; of tokens [1, T, U], feature `unit` of every token or of one. */
function unitTarget(network: Network, { layer: id, unit, position }: Extract<Target, { kind: 'unit' }>): ResolvedTarget {
  const layer = findLayer(network, id)
  const tensor = layer.outputTensor
  const dims = dimsOf(network, tensor)
  const unitsLast = layer.view.type === 'tokens' || (layer.view.type === 'maps' && layer.view.channelsLast === true)
  const axis = unitsLast ? dims.length - 1 : dims.length === 1 ? 0 : 1
  const units = dims[axis] ?? 1
  if (unit >= units) throw new AppError('target-invalid', `Unit ${unit} does not exist: '${layer.title}' has ${units} units, 0 to ${units - 1}.`)
  const spatial = unitsLast ? dims.slice(1, -1) : dims.slice(axis + 1)
  if (position && (spatial.length === 0 || position.some((at, index) => at < 0 || at >= (spatial[index] ?? 1))))
    throw new AppError('target-invalid', `Position (${position.join(', ')}) lies outside '${layer.title}', whose maps are ${spatial.join(' × ') || 'single values'}.`)
  const inner = elementCount(dims.slice(axis + 1))
  const at = position ? (spatial.length === 1 ? position[0] : position[0] * (spatial[1] ?? 1) + position[1]) : undefined
  const data = new Float32Array(elementCount(dims))
  for (let index = 0; index < data.length; index++) {
    const place = unitsLast ? Math.floor(index / units) : index % inner
    if (Math.floor(index / inner) % units === unit && (at === undefined || place === at)) data[index] = 1
  }
  return { tensor, seed: floatTensor(dims, data), index: null, label: `${layer.title}, unit ${unit}${position ? ` at (${position.join(', ')})` : ''}` }
}
