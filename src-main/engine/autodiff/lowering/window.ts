/** Geometry of sliding windows (convolutions and pools) with every default of the operator filled in. */
import { AppError } from '#contract/errors.ts'
import { intsOf, stringOf } from '../../onnx/attributes.ts'
import type { Node } from '../../onnx/model.ts'

export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Begins, then ends. */
  readonly pads: readonly number[]
}

/** (k - 1) d + 1: the positions from a window's first tap to its last. */
export const extentOf = (window: Pick<Window, 'kernel' | 'dilations'>, axis: number): number =>
  ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1

/** The window of a Conv or pool over an input of these spatial extents. `kernel` where it is not an attribute (Conv's weight). */
export function windowOf(node: Node, input: readonly number[], kernel?: readonly number[]): Window {
  const { kernel: taps, strides, dilations } = attributesOfWindow(node, input.length, kernel)
  const begins: number[] = []
  const ends: number[] = []
  const autoPad = stringOf(node, 'auto_pad', 'NOTSET')
  const pads = intsOf(node, 'pads')
  for (const [axis, extent] of input.entries()) {
    const stride = strides[axis] ?? 1
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
      const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + extentOf({ kernel: taps, dilations }, axis) - extent)
      const begin = autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)
      begins.push(begin)
      ends.push(total - begin)
    } else {
      begins.push(autoPad === 'VALID' ? 0 : (pads?.[axis] ?? 0))
      ends.push(autoPad === 'VALID' ? 0 : (pads?.[axis + input.length] ?? 0))
    }
  }
  return { kernel: taps, strides, dilations, pads: [...begins, ...ends] }
}

/** The window of a ConvTranspose, which slides over its output. Padding that an output shape implies is shared out as onnxruntime does. */
export function transposedWindowOf(node: Node, input: readonly number[], output: readonly number[], kernel: readonly number[]): Window {
  const { strides, dilations } = attributesOfWindow(node, input.length, kernel)
  const autoPad = stringOf(node, 'auto_pad', 'NOTSET')
  const pads = intsOf(node, 'pads') ?? Array<number>(2 * input.length).fill(0)
  const window = { kernel, strides, dilations }
  if (autoPad === 'VALID') return { ...window, pads: pads.map(() => 0) }
  if (!intsOf(node, 'output_shape') && autoPad === 'NOTSET') return { ...window, pads }
  const outputPadding = intsOf(node, 'output_padding') ?? []
  const totals = input.map((extent, axis) => Math.max(0, (strides[axis] ?? 1) * (extent - 1) + (outputPadding[axis] ?? 0) + extentOf(window, axis) - (output[axis] ?? 0)))
  const begins = totals.map((total) => (autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  return { ...window, pads: [...begins, ...totals.map((total, axis) => total - (begins[axis] ?? 0))] }
}

function attributesOfWindow(node: Node, spatial: number, kernel: readonly number[] | undefined): Omit<Window, 'pads'> {
  const taps = kernel ?? intsOf(node, 'kernel_shape')
  if (taps?.length !== spatial)
    throw new AppError('model-invalid', `${node.opType} (node '${node.name}') has a kernel of ${taps?.length ?? 0} axes over an input of ${spatial} spatial axes.`)
  const ones = Array<number>(spatial).fill(1)
  return { kernel: taps, strides: intsOf(node, 'strides') ?? ones, dilations: intsOf(node, 'dilations') ?? ones }
}

/** Every offset of a kernel, the last axis fastest. */
export function offsetsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>((offsets, taps) => offsets.flatMap((offset) => Array.from({ length: taps }, (_, tap) => [...offset, tap])), [[]])
}

/** Windows that cover every one of the input's elements once, in order. */
export const isTiling = (window: Window, input: readonly number[], output: readonly number[]): boolean =>
  input.every((extent, axis) => {
    const taps = window.kernel[axis] ?? 1
    return window.strides[axis] === taps && (window.dilations[axis] === 1 || taps === 1) && extent === taps * (output[axis] ?? 0)
  }) && window.pads.every((pad) => pad === 0)
