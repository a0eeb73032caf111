/**
 * dx of a max pool: each window's dy goes to the first element that holds its maximum, as PyTorch has it. Ties are common
 * (flat regions, an overlapping pool before this one), and giving every tied element the gradient was 67 % wrong on GoogLeNet.
 *
 * A maximum over a box is a maximum over each axis in turn, and the first hit in scanning order is the first along the outermost
 * axis, then along the next: so dy walks back axis by axis, comparing each tap of a line with the line's maximum. This uses neither
 * MaxPool's Indices (its kernel is scalar: with it the pools were 40 % of GoogLeNet's gradient; WebGPU lacks it) nor scattering.
 * Channels are moved last, so that every tap is a copy of whole blocks.
 */
import { ints } from '../../onnx/attributes.ts'
import type { Emit, Value } from '../emit.ts'
import { blockedMaxPoolGradient, canBlockMaxPool } from './blocked-max-pool.ts'
import type { Window } from './window.ts'

/** Below every float32 that a network computes; padding with it never wins a window. */
const lowest = -3.4028234663852886e38

/** x [N, C, ...], y its maxima, dy like y, to [N, C, ...]. */
export function maxPoolGradient(emit: Emit, x: Value, y: Value, dy: Value, window: Window): Value {
  if (canBlockMaxPool(emit, x, window)) return blockedMaxPoolGradient(emit, x, y, dy, window)
  return canUnpool(emit, x, dy, window) ? unpooled(emit, x, dy, window) : gradientByAxes(emit, x, dy, window)
}

/**
 * Windows side by side on the CPU, over channels that are no whole blocks: Indices name the first maximum, and MaxUnpool puts dy there (it
 * overwrites, so it is no use for windows that overlap). 3.3 ms where walking back by axes takes 7 (20 maps of 24 x 24, batch of 100).
 */
function canUnpool(emit: Emit, x: Value, dy: Value, { kernel, strides, pads, dilations }: Window): boolean {
  return emit.target.provider === 'cpu' && x.dims.length === 4
    && kernel.every((taps, axis) => strides[axis] === taps && (dilations[axis] ?? 1) === 1 && taps * (dy.dims[axis + 2] ?? 1) <= (x.dims[axis + 2] ?? 1)) && pads.every((pad) => pad === 0)
}

function unpooled(emit: Emit, x: Value, dy: Value, { kernel }: Window): Value {
  const window = { kernel_shape: ints(kernel), strides: ints(kernel) }
  const [, indices] = emit.node('MaxPool', [x], window, [{ dataType: dy.dataType, dims: dy.dims }, { dataType: 'int64', dims: dy.dims }])
  const [dx] = emit.node('MaxUnpool', [dy, indices, emit.integers(x.dims)], window, [{ dataType: dy.dataType, dims: x.dims }])
  return dx ?? dy
}

function gradientByAxes(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const spatial = window.kernel.length
  // One axis moves: onnxruntime has a fast kernel for that, and a slow one for other permutations.
  const channelsLast = (value: Value): Value => emit.transpose(value, [0, ...window.kernel.map((_, axis) => axis + 2), 1])
  let source = channelsLast(x)
  const lines: Line[] = []
  // Innermost first: what the next axis pools is this axis's maximum.
  for (let axis = spatial; axis >= 1; axis--) {
    const line = poolLine(emit, source, axis, geometryOf(window, axis - 1, source, dy))
    lines.unshift(line)
    source = line.maximum
  }
  const gradient = lines.reduce((gradient, line, index) => lineGradient(emit, line, gradient, index + 1), channelsLast(dy))
  return emit.transpose(gradient, [0, spatial + 1, ...window.kernel.map((_, axis) => axis + 1)])
}

/** One axis of the window. Position o s + t d of the padded line is entry o + floor(t d / s) of phase (t d) mod s. */
interface LineGeometry {
  readonly taps: readonly { readonly phase: number; readonly shift: number }[]
  readonly stride: number
  readonly begin: number
  readonly extent: number
  readonly windows: number
  /** Entries of each phase. */
  readonly entries: number
}

interface Line extends LineGeometry {
  readonly source: Value
  /** The source under each tap, one entry a window. */
  readonly tapped: readonly Value[]
  readonly maximum: Value
}

function geometryOf(window: Window, axis: number, source: Value, dy: Value): LineGeometry {
  const stride = window.strides[axis] ?? 1
  const begin = window.pads[axis] ?? 0
  const extent = source.dims[axis + 1] ?? 1
  const windows = dy.dims[axis + 2] ?? 1
  const taps = Array.from({ length: window.kernel[axis] ?? 1 }, (_, tap) => {
    const position = tap * (window.dilations[axis] ?? 1)
    return { phase: position % stride, shift: Math.floor(position / stride) }
  })
  return { taps, stride, begin, extent, windows, entries: Math.max(windows + (taps.at(-1)?.shift ?? 0), Math.ceil((extent + begin) / stride)) }
}

function poolLine(emit: Emit, source: Value, axis: number, geometry: LineGeometry): Line {
  const { taps, stride, begin, extent, windows, entries } = geometry
  const phases = split(emit, padAxis(emit, source, axis, begin, entries * stride - extent - begin, lowest), axis, stride)
  const tapped = taps.map(({ phase, shift }) => crop(emit, phases[phase] ?? source, axis, shift, windows))
  const maximum = tapped.reduce((largest, tap) => emit.max(largest, tap))
  return { ...geometry, source, tapped, maximum }
}

function lineGradient(emit: Emit, { taps, tapped, maximum, source, stride, begin, extent, windows, entries }: Line, gradient: Value, axis: number): Value {
  const parts: (Value | undefined)[] = Array.from({ length: stride }, () => undefined)
  let rest = gradient
  for (const [tap, { phase, shift }] of taps.entries()) {
    // What no tap before the last took is the last one's.
    const part = tap === taps.length - 1 ? rest : emit.gate(rest, emit.equal(tapped[tap] ?? source, maximum))
    if (tap < taps.length - 1) rest = emit.sub(rest, part)
    const placed = padAxis(emit, part, axis, shift, entries - windows - shift, 0)
    const before = parts[phase]
    parts[phase] = before ? emit.add(before, placed) : placed
  }
  const zeros = (): Value => emit.fill(source.dims.map((dim, at) => (at === axis ? entries : dim)), 0, source.dataType)
  return crop(emit, join(emit, parts.map((part) => part ?? zeros()), axis), axis, begin, extent)
}

const padAxis = (emit: Emit, value: Value, axis: number, begin: number, end: number, filler: number): Value =>
  emit.pad(value, [...value.dims.map((_, at) => (at === axis ? begin : 0)), ...value.dims.map((_, at) => (at === axis ? end : 0))], filler)

const crop = (emit: Emit, value: Value, axis: number, begin: number, extent: number): Value =>
  begin === 0 && extent === value.dims[axis] ? value : emit.slice(value, [begin], [begin + extent], [axis])

/** Every stride-th entry along an axis, for each offset. */
function split(emit: Emit, value: Value, axis: number, stride: number): Value[] {
  if (stride === 1) return [value]
  const dims = value.dims.map((dim, at) => (at === axis ? dim / stride : dim))
  const apart = emit.reshape(value, [...dims.slice(0, axis + 1), stride, ...dims.slice(axis + 1)])
  return emit.split(apart, Array<number>(stride).fill(1), axis + 1).map((phase) => emit.reshape(phase, dims))
}

/** The inverse of `split`. */
function join(emit: Emit, phases: readonly Value[], axis: number): Value {
  const dims = phases[0]?.dims ?? []
  const apart = phases.map((phase) => (phases.length === 1 ? phase : emit.reshape(phase, [...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)])))
  return emit.reshape(emit.concat(apart, phases.length === 1 ? axis : axis + 1), dims.map((dim, at) => (at === axis ? dim * phases.length : dim)))
}
