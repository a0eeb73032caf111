/** Extents of sliding windows (convolution, pooling), with onnxruntime's rounding. */
import { intOf, intsOf, stringOf } from '../attributes.ts'
import type { Dim, Node, Shape } from '../model.ts'
import { mismatch } from './context.ts'
import type { ShapeContext } from './define-shape.ts'
import { isNumber, showShape } from './dims.ts'

type AutoPad = 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER'

export interface Windows {
  readonly kernel: Shape
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Begins of every spatial axis, then ends; zeros under `autoPad`. */
  readonly pads: readonly number[]
  readonly autoPad: AutoPad
  readonly ceilMode: boolean
}

/** The window attributes of a node with their defaults. `kernel`: from the weights, where there are any. */
export function windowsOf(node: Node, spatialRank: number, kernel?: Shape): Windows {
  const fill = (name: string, length: number, value: number): readonly number[] => {
    const listed = intsOf(node, name)
    return listed && listed.length > 0 ? listed : Array<number>(length).fill(value)
  }
  return {
    kernel: kernel ?? fill('kernel_shape', spatialRank, 1),
    strides: fill('strides', spatialRank, 1),
    dilations: fill('dilations', spatialRank, 1),
    pads: fill('pads', 2 * spatialRank, 0),
    autoPad: stringOf(node, 'auto_pad', 'NOTSET') as AutoPad,
    ceilMode: intOf(node, 'ceil_mode', 0) === 1,
  }
}

/** The padding before and after one axis, auto_pad resolved; undefined where it depends on an extent that is not known. */
export function padsOfAxis(windows: Windows, axis: number, extent: Dim): readonly [number, number] | undefined {
  const { autoPad, pads, kernel, strides, dilations } = windows
  if (autoPad === 'VALID') return [0, 0]
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') return [pads[axis] ?? 0, pads[axis + pads.length / 2] ?? 0]
  const size = kernel[axis]
  const stride = strides[axis] ?? 1
  if (!isNumber(size) || (!isNumber(extent) && stride !== 1)) return undefined
  const reach = (size - 1) * (dilations[axis] ?? 1) + 1
  const total = isNumber(extent) ? Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent) : reach - 1
  const smaller = Math.floor(total / 2)
  return autoPad === 'SAME_UPPER' ? [smaller, total - smaller] : [total - smaller, smaller]
}

/**
 * Positions of a window along each spatial axis: floor((extent + pads - dilation (kernel - 1) - 1) / stride) + 1. With
 * ceil_mode rounded up, unless the last window would start in the padding after the end (onnxruntime PoolAttributes, onnx#5741).
 */
export function windowPositions(context: ShapeContext, extents: Shape, windows: Windows): Shape {
  const { kernel, strides, dilations, ceilMode } = windows
  for (const [name, list] of Object.entries({ kernel, strides, dilations, pads: windows.pads })) {
    const expected = name === 'pads' ? 2 * extents.length : extents.length
    if (list.length !== expected) mismatch(context, `${name} was expected to have ${expected} entries for spatial extents ${showShape(extents)}, got [${list.join(', ')}].`)
  }
  return extents.map((extent, axis) => {
    const size = kernel[axis]
    const stride = strides[axis] ?? 1
    const pads = padsOfAxis(windows, axis, extent)
    if (!isNumber(size) || !pads) return null
    const reach = (size - 1) * (dilations[axis] ?? 1) + 1
    const padding = pads[0] + pads[1]
    if (!isNumber(extent)) return stride === 1 && padding === reach - 1 ? extent : null
    const room = extent + padding - reach
    if (room < 0) mismatch(context, `its window of ${reach} (kernel ${size}) does not fit along spatial axis ${axis}: the padded extent is ${extent + padding}. A larger input is needed.`)
    if (!ceilMode) return Math.floor(room / stride) + 1
    const positions = Math.ceil(room / stride) + 1
    return (positions - 1) * stride >= extent + pads[0] ? positions - 1 : positions
  })
}
