/** Where the channels of a value lie, and how its content is pictured. */
import type { Layer } from '#contract/graph.ts'
import { intsOf } from '../onnx/attributes.ts'
import type { Shape } from '../onnx/model.ts'
import { isNumber } from '../onnx/shapes/dims.ts'
import type { Unit } from './unit.ts'
import type { ValueGraph } from './value-graph.ts'

type View = Layer['view']

const colors: ReadonlySet<unknown> = new Set([1, 3, 4])
/** Operators that ONNX defines with channels second. */
const channelsSecond: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'FusedConv', 'QLinearConv', 'ConvInteger', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'BatchNormalization', 'InstanceNormalization', 'LRN', 'DepthToSpace'])

/** Names of values of rank 4 that are [N, H, W, C]: TensorFlow's inputs, what a Transpose to it yields, tokens back on a grid. */
export function channelsLastValues(units: readonly Unit[], values: ValueGraph): ReadonlySet<string> {
  const last = new Set<string>()
  for (const name of values.inputs) {
    const shape = values.shapeOf(name)
    // [1, 64, 1, 1] is a point in a latent space, not a picture of one channel.
    if (shape?.length === 4 && colors.has(shape[3]) && !colors.has(shape[1]) && shape[2] !== 1) last.add(name)
  }
  for (const unit of units)
    for (const output of unit.outputs) if (values.shapeOf(output)?.length === 4 && isChannelsLast(unit, output, values, last)) last.add(output)
  return last
}

function isChannelsLast(unit: Unit, output: string, values: ValueGraph, last: ReadonlySet<string>): boolean {
  if (channelsSecond.has(unit.op)) return false
  const input = unit.inputs[0] ?? ''
  const before = values.shapeOf(input)
  const order = unit.op === 'Transpose' && unit.nodes[0] ? intsOf(unit.nodes[0], 'perm')?.join() : undefined
  if (order === '0,2,3,1') return !last.has(input)
  if (order === '0,3,1,2') return false
  if (before?.length === 4) return last.has(input)
  return unit.op === 'Reshape' && (before?.length ?? 0) > 2 && before?.at(-1) === values.shapeOf(output)?.at(-1)
}

/** Maps of one, three or four channels. */
export const isPictureView = (view: View): boolean => view.type === 'maps' && colors.has(view.channels)

/**
 * Feature maps, a vector of units, tokens by features, or nothing that can be pictured.
 * @param batch pictures in one pass: an axis of that extent is not content
 */
export function viewOf(shape: Shape | undefined, channelsLast: boolean, batch: number): View {
  if (!shape || shape.length === 0 || shape.length > 4 || !shape.slice(1).every(isNumber)) return { type: 'none' }
  const [first = null, ...rest] = shape
  const [second = 1, third = 1, fourth = 1] = rest as readonly number[]
  if (shape.length === 1) return isNumber(first) ? { type: 'vector', units: first } : { type: 'none' }
  // [tokens, features] and [tokens, batch, features], as attention lays them out.
  if (isNumber(first) && first !== batch && shape.length === 2) return { type: 'tokens', tokens: first, units: second }
  if (isNumber(first) && first !== batch && shape.length === 3 && second === batch) return { type: 'tokens', tokens: first, units: third }
  if (shape.length === 2) return { type: 'vector', units: second }
  if (shape.length === 3) return second === 1 ? { type: 'vector', units: third } : third === 1 ? { type: 'vector', units: second } : { type: 'tokens', tokens: second, units: third }
  const [channels, height, width] = channelsLast ? [fourth, second, third] : [second, third, fourth]
  return height === 1 && width === 1 ? { type: 'vector', units: channels } : { type: 'maps', channels, height, width, ...(channelsLast ? { channelsLast } : {}) }
}
