/**
 * Sampling one axis of a picture at computed coordinates (ONNX GridSample-20, PyTorch grid_sample): which elements a point
 * reads, with what weights, and how the weights move with the coordinate. All values have the coordinates' shape.
 */
import type { Emit, Value } from '../emit.ts'

export interface GridOptions {
  readonly mode: 'nearest' | 'linear' | 'cubic'
  readonly padding: 'zeros' | 'border' | 'reflection'
  readonly alignCorners: boolean
}

export interface GridTap {
  /** Whole, and inside the picture. */
  readonly index: Value
  readonly weight: Value
  /** d weight / d coordinate; absent where that is zero everywhere. */
  readonly slope?: Value
}

/** `coordinate` runs from -1 to 1 over an axis of `length` elements. */
export function gridTaps(emit: Emit, coordinate: Value, length: number, options: GridOptions): GridTap[] {
  const { mode, padding, alignCorners } = options
  const scale = (alignCorners ? length - 1 : length) / 2
  const source = emit.add(emit.mul(coordinate, scale), (length - 1) / 2)
  if (mode === 'cubic') return cubicTaps(emit, source, scale, length, options)
  const { at, slope } = padding === 'zeros' ? { at: source, slope: undefined } : padded(emit, source, length, options)
  if (mode === 'nearest') return [tapAt(emit, roundHalfEven(emit, at), length, options, emit.fill(at.dims, 1, at.dataType))]
  const below = emit.floor(at)
  const fraction = emit.sub(at, below)
  const rise = slope ? emit.mul(slope, scale) : emit.fill(at.dims, scale, at.dataType)
  return [
    tapAt(emit, below, length, options, emit.oneMinus(fraction), emit.neg(rise)),
    tapAt(emit, emit.add(below, 1), length, options, fraction, rise),
  ]
}

/** Keys' cubic kernel with a = -0.75; borders are applied to each of the four elements, not to the coordinate. */
function cubicTaps(emit: Emit, source: Value, scale: number, length: number, options: GridOptions): GridTap[] {
  const a = -0.75
  const below = emit.floor(source)
  const fraction = emit.sub(source, below)
  return [-1, 0, 1, 2].map((offset) => {
    // Inside |x| < 1 the kernel is (a+2)|x|^3 - (a+3)x^2 + 1, inside |x| < 2 it is a|x|^3 - 5a x^2 + 8a|x| - 4a.
    const coefficients = offset === 0 || offset === 1 ? [a + 2, -(a + 3), 0, 1] as const : [a, -5 * a, 8 * a, -4 * a] as const
    const direction = offset > 0 ? -1 : 1
    const distance = emit.mul(emit.sub(fraction, offset), direction)
    const [c3, c2, c1, c0] = coefficients
    const weight = emit.add(emit.mul(emit.add(emit.mul(emit.add(emit.mul(distance, c3), c2), distance), c1), distance), c0)
    const slope = emit.mul(emit.add(emit.mul(emit.add(emit.mul(distance, 3 * c3), 2 * c2), distance), c1), direction * scale)
    const index = emit.add(below, offset)
    return tapAt(emit, options.padding === 'reflection' ? padded(emit, index, length, options).at : index, length, options, weight, slope)
  })
}

/** Clamped into the picture; what was outside weighs nothing under zero padding. */
function tapAt(emit: Emit, position: Value, length: number, { padding }: GridOptions, weight: Value, slope?: Value): GridTap {
  const index = emit.max(emit.min(position, length - 1), 0)
  if (padding !== 'zeros') return { index, weight, ...(slope ? { slope } : {}) }
  const inside = emit.equal(index, position)
  return { index, weight: emit.gate(weight, inside), ...(slope ? { slope: emit.gate(slope, inside) } : {}) }
}

/** A coordinate brought inside by clamping, or by a triangle wave between the borders; and d at / d source. */
function padded(emit: Emit, source: Value, length: number, { padding, alignCorners }: GridOptions): { at: Value; slope: Value } {
  let at = source
  let direction: Value | undefined
  if (padding === 'reflection') {
    const low = alignCorners ? 0 : -0.5
    const span = alignCorners ? length - 1 : length
    if (span === 0) return { at: emit.zerosLike(source), slope: emit.zerosLike(source) }
    const shifted = emit.sub(source, low)
    const phase = emit.sub(shifted, emit.mul(emit.floor(emit.mul(shifted, 1 / (2 * span))), 2 * span))
    at = emit.add(emit.neg(emit.abs(emit.sub(phase, span))), span + low)
    direction = emit.where(emit.less(phase, span), emit.scalar(1, source.dataType), -1)
  }
  const inside = emit.and(emit.greater(at, 0), emit.less(at, length - 1))
  const slope = direction ? emit.gate(direction, inside) : emit.cast(inside, source.dataType)
  return { at: emit.max(emit.min(at, length - 1), 0), slope }
}

/** Halves go to the even neighbour, as onnxruntime and PyTorch round; Round itself runs on the CPU under WebGPU. */
function roundHalfEven(emit: Emit, value: Value): Value {
  const shifted = emit.add(value, 0.5)
  const up = emit.floor(shifted)
  const odd = emit.sub(up, emit.mul(emit.floor(emit.mul(up, 0.5)), 2))
  return emit.sub(up, emit.gate(odd, emit.equal(shifted, up)))
}
