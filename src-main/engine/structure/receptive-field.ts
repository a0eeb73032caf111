/**
 * What a unit sees of the picture. Along each spatial axis, the unit at position i sees the pixels from
 * stride i + low to stride i + high (Araujo, Norris and Sim 2019, doi:10.23915/distill.00021, eq. 1 to 4, union over branches),
 * and through global operators the pixels from fixed.low to fixed.high wherever it stands. Statistics of normalisations do not count.
 */
import type { Layer } from '#contract/graph.ts'
import { intOf, stringOf } from '../onnx/attributes.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Dim, Node } from '../onnx/model.ts'
import { axisIn, listOf } from '../onnx/shapes/context.ts'
import type { ShapeContext } from '../onnx/shapes/define-shape.ts'
import { slicesOf } from '../onnx/shapes/slicing.ts'
import { padsOfAxis, windowsOf } from '../onnx/shapes/windows.ts'
import { kindOf } from './kinds.ts'
import { gathered, moved, union } from './sight.ts'
import type { Sight, Span } from './sight.ts'
import type { Unit } from './unit.ts'
import { knownCount } from './value-graph.ts'
import type { ValueGraph } from './value-graph.ts'

interface Step {
  readonly unit: Unit
  readonly node: Node
  readonly values: ValueGraph
}

/** The spatial extents of a value of the layout that convolutions read. */
const spatialOf = (values: ValueGraph, name: string | undefined): readonly Dim[] => values.shapeOf(name ?? '')?.slice(2) ?? []

const contextOf = ({ node, values }: Step): ShapeContext => ({ node, opset: opsetOf(values.model), inputs: node.inputs.map((name) => values.facts.get(name)) })

function windowed(sights: readonly Sight[], step: Step): readonly Sight[] {
  const { node, values } = step
  const before = spatialOf(values, step.unit.inputs[0])
  const after = spatialOf(values, node.outputs[0])
  const weights = values.shapeOf(node.inputs[node.opType === 'QLinearConv' ? 3 : 1] ?? '')
  const windows = windowsOf(node, before.length, kindOf(step.unit, values) === 'convolution' ? weights?.slice(2) : undefined)
  return sights.map((sight, axis) => {
    const size = windows.kernel[axis]
    const reach = typeof size === 'number' ? (size - 1) * (windows.dilations[axis] ?? 1) : 0
    const by = windows.strides[axis] ?? 1
    const [pad] = padsOfAxis(windows, axis, before[axis] ?? null) ?? [0, 0]
    // A transposed window of k with stride s reads floor((k - 1) / s) + 1 neighbours.
    if (node.opType === 'ConvTranspose') return moved(sight, after[axis] ?? null, ({ stride, low, high }) => ({ stride: stride / by, low: low - stride * Math.floor(reach / by), high }))
    return moved(sight, after[axis] ?? null, ({ stride, low, high }) => ({ stride: stride * by, low: low - stride * pad, high: high + stride * (reach - pad) }))
  })
}

function rescaled(sights: readonly Sight[], step: Step, output: string): readonly Sight[] {
  const { unit, node, values } = step
  const before = spatialOf(values, unit.inputs[0])
  const after = spatialOf(values, output)
  const taps = { linear: 1, bilinear: 1, cubic: 3 }[stringOf(node, 'mode', 'nearest')] ?? 0
  return sights.map((sight, axis) => {
    const [from, to] = [before[axis], after[axis]]
    const ratio = typeof from === 'number' && typeof to === 'number' && to > 0 ? from / to : 1
    const spread = unit.op === 'SpaceToDepth' ? ratio - 1 : (unit.op === 'Resize' || unit.op === 'Upsample') && ratio !== 1 ? taps : 0
    return moved(sight, to ?? null, ({ stride, low, high }) => ({ stride: stride * ratio, low, high: high + stride * spread }))
  })
}

/** A slice or a pad moves the positions; a slice with steps spreads them. */
function shifted(sights: readonly Sight[], step: Step, output: string): readonly Sight[] {
  const before = step.values.shapeOf(step.unit.inputs[0] ?? '')
  const context = contextOf(step)
  if (before?.length !== sights.length + 2) return sights
  const slices = step.node.opType === 'Slice' ? slicesOf(context, before.length) : undefined
  const pads = step.node.opType === 'Pad' ? listOf(context, 'pads', 1) : undefined
  return sights.map((sight, index) => {
    const axis = index + 2
    const slice = slices === undefined || slices === 'unknown' ? undefined : slices.get(axis)
    const begin = typeof pads === 'object' && pads.length === 2 * before.length ? -(pads[axis] ?? 0) : 0
    const extent = before[axis]
    const start = slice ? (slice.start < 0 && typeof extent === 'number' ? slice.start + extent : Math.min(slice.start, typeof extent === 'number' ? extent : slice.start)) : begin
    const by = Math.abs(slice?.step ?? 1)
    return moved(sight, spatialOf(step.values, output)[index] ?? null, ({ stride, low, high }) => ({ stride: stride * by, low: low + stride * start, high: high + stride * start }))
  })
}

/** A product reads all positions at once where it is applied once a picture (Flatten before it) or mixes positions (weights on the left). */
function productGathers({ node, values, unit }: Step, batch: number): boolean {
  const [left = '', right = ''] = node.inputs
  if (node.opType.includes('MatMul') && values.isConstant(left)) return true
  const weights = values.shapeOf(node.opType === 'QLinearMatMul' || node.opType === 'QGemm' ? (node.inputs[3] ?? '') : right)
  const inner = weights?.at(node.opType.includes('Gemm') && intOf(node, 'transB', 0) ? -1 : -2)
  return typeof inner !== 'number' || knownCount(values.shapeOf(unit.inputs[0] ?? '')) <= inner * batch
}

/** Attention over windows sees a square of as many positions as it has keys; over everything it sees everything. */
function attended(sights: readonly Sight[], { unit, values }: Step): readonly Sight[] {
  const softmax = unit.nodes.find((node) => node.opType === 'Softmax')
  const keys = values.shapeOf(softmax?.outputs[0] ?? '')?.at(-1)
  const positions = sights.reduce((product, { extent }) => product * (typeof extent === 'number' ? extent : Infinity), 1)
  if (typeof keys !== 'number' || keys >= positions) return sights.map(gathered)
  const side = Math.round(keys ** (1 / sights.length)) - 1
  return sights.map((sight) => moved(sight, sight.extent, ({ stride, low, high }) => ({ stride, low: low - side * stride, high: high + side * stride })))
}

function reductionGathers({ node, values, unit }: Step): boolean {
  const before = values.shapeOf(unit.inputs[0] ?? '')
  const axes = listOf(contextOf({ unit, node, values }), 'axes', 1)
  if (!before || typeof axes === 'string') return true
  const reduced = axes.map((axis) => axisIn(contextOf({ unit, node, values }), axis, before.length))
  // Over the channels alone (second or last) every position stays by itself.
  return reduced.length > 1 || (before.length < 4 ? reduced[0] !== before.length - 1 : reduced[0] !== 1 && reduced[0] !== before.length - 1)
}

function seenThrough(sights: readonly Sight[], step: Step, output: string, batch: number): readonly Sight[] {
  const { unit, node, values } = step
  const kind = kindOf(unit, values)
  if (unit.op.startsWith('Global') || unit.op === 'QLinearGlobalAveragePool') return sights.map(gathered)
  if (kind === 'convolution' || (kind === 'pooling' && node.attributes.has('kernel_shape'))) return values.shapeOf(unit.inputs[0] ?? '')?.length === sights.length + 2 ? windowed(sights, step) : sights
  if (kind === 'pooling') return unit.op.includes('Reduce') && !reductionGathers(step) ? sights : sights.map(gathered)
  if (kind === 'dense') return productGathers(step, batch) ? sights.map(gathered) : sights
  if (kind === 'attention') return attended(sights, step)
  if (kind === 'resize' || ['DepthToSpace', 'SpaceToDepth', 'PixelShuffle'].includes(unit.op)) return unit.op === 'GridSample' ? sights.map(gathered) : rescaled(sights, step, output)
  if (unit.op === 'Slice' || unit.op === 'Pad') return shifted(sights, step, output)
  return ['LSTM', 'GRU', 'RNN', 'Loop', 'Scan'].includes(unit.op) ? sights.map(gathered) : sights
}

/** The receptive field of a value in pixels of the first picture-like input; undefined where it depends on none. */
export function receptiveFields(units: readonly Unit[], values: ValueGraph, channelsLast: ReadonlySet<string>): (name: string) => Layer['receptiveField'] {
  const picture = values.inputs.find((name) => values.shapeOf(name)?.length === 4 && values.shapeOf(name)?.slice(1).filter((dim) => dim !== 1).length !== 1)
  const shape = values.shapeOf(picture ?? '')
  if (picture === undefined || !shape) return () => undefined
  const extents = channelsLast.has(picture) ? shape.slice(1, 3) : shape.slice(2)
  const batch = typeof shape[0] === 'number' ? shape[0] : 1
  const sights = new Map<string, readonly Sight[]>([[picture, extents.map((extent) => ({ extent, moving: { stride: 1, low: 0, high: 0 } }))]])
  for (const unit of units) {
    const known = unit.inputs.map((name) => sights.get(name)).filter((sight) => sight !== undefined)
    const node = unit.nodes[0]
    if (known.length === 0 || !node) continue
    const together = known.reduce((a, b) => a.map((sight, axis) => union(sight, b[axis] ?? sight)))
    for (const output of unit.outputs) sights.set(output, seenThrough(together, { unit, node, values }, output, batch))
  }
  return (name) => fieldOf(sights.get(name), extents)
}

function fieldOf(sights: readonly Sight[] | undefined, extents: readonly Dim[]): Layer['receptiveField'] {
  if (!sights) return undefined
  const sizes = sights.map(({ moving, fixed }, axis) => {
    const extent = extents[axis]
    if (fixed && typeof extent === 'number' && fixed.low <= 0 && fixed.high >= extent - 1) return { size: extent, whole: true }
    const span = (one: Span | undefined): number => (one ? Math.round(one.high - one.low + 1) : 0)
    return { size: Math.max(span(moving), span(fixed)), whole: false }
  })
  const [height, width] = [sizes.at(-2), sizes.at(-1)]
  if (!height || !width || !Number.isFinite(height.size) || !Number.isFinite(width.size)) return undefined
  return { height: height.size, width: width.size, wholeInput: height.whole && width.whole }
}
