/**
 * Resize of one axis as a fixed linear map (ONNX Resize-19; antialiasing as Pillow and onnxruntime do it). Coordinates are
 * rounded to float32 at every step, as onnxruntime computes them: nearest and floor depend on the last bit.
 */
const { fround } = Math

export interface InterpolationOptions {
  readonly mode: 'nearest' | 'linear' | 'cubic'
  readonly coordinates: string
  readonly rounding: string
  readonly antialias: boolean
  readonly cubicCoefficient: number
  readonly excludeOutside: boolean
}

/** One axis: its length before and after, their nominal ratio, and the region (tf_crop_and_resize) as fractions. */
export interface ResizedAxis {
  readonly length: number
  readonly resized: number
  readonly scale: number
  readonly region: readonly [number, number]
}

/** What one element contributes to a resized one. */
export interface Tap {
  readonly index: number
  readonly weight: number
}

/** The taps of every position of the resized axis. None where a position lies outside the region's source and is extrapolated. */
export function interpolationTaps(axis: ResizedAxis, options: InterpolationOptions): Tap[][] {
  return Array.from({ length: axis.resized }, (_, position) => {
    const source = axis.scale === 1 && options.coordinates !== 'tf_crop_and_resize' ? position : sourceOf(position, axis, options.coordinates)
    if (options.coordinates === 'tf_crop_and_resize' && (source < 0 || source > axis.length - 1)) return []
    if (options.mode === 'nearest') return [{ index: clamp(nearest(source, options.rounding), axis.length), weight: 1 }]
    if (options.antialias) return antialiased(source, axis, options)
    return options.mode === 'linear' ? linear(source, axis.length) : cubic(source, axis.length, options)
  })
}

function sourceOf(position: number, { length, resized, scale, region: [from, to] }: ResizedAxis, coordinates: string): number {
  const halfPixel = fround(fround((position + 0.5) / scale) - 0.5)
  switch (coordinates) {
    case 'asymmetric': return fround(position / scale)
    case 'align_corners': return resized === 1 ? 0 : fround(fround(position * (length - 1)) / (resized - 1))
    case 'pytorch_half_pixel': return resized > 1 ? halfPixel : 0
    case 'tf_half_pixel_for_nn': return fround((position + 0.5) / scale)
    case 'half_pixel_symmetric': {
      const offset = fround((length / 2) * fround(1 - fround(resized / fround(scale * length))))
      return fround(offset + halfPixel)
    }
    case 'tf_crop_and_resize': {
      const last = length - 1
      return resized > 1
        ? fround(fround(from * last) + fround(fround(fround(position * fround(to - from)) * last) / (resized - 1)))
        : fround(0.5 * fround(from + to) * last)
    }
    default: return halfPixel
  }
}

function nearest(source: number, rounding: string): number {
  switch (rounding) {
    case 'floor': return Math.floor(source)
    case 'ceil': return Math.ceil(source)
    case 'round_prefer_ceil': return Math.floor(source + 0.5)
    default: return Math.ceil(source - 0.5)
  }
}

const clamp = (index: number, length: number): number => Math.min(Math.max(index, 0), length - 1)

function linear(source: number, length: number): Tap[] {
  const at = Math.min(Math.max(source, 0), length - 1)
  const below = Math.floor(at)
  return merged([{ index: below, weight: 1 - (at - below) }, { index: Math.min(below + 1, length - 1), weight: at - below }])
}

/** Keys 1981, with coefficient a: the piecewise cubic kernel. */
function cubicKernel(offset: number, a: number): number {
  const x = Math.abs(offset)
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}

function cubic(source: number, length: number, { cubicCoefficient, excludeOutside }: InterpolationOptions): Tap[] {
  const below = Math.floor(source)
  const taps = [-1, 0, 1, 2].map((offset) => ({ index: below + offset, weight: cubicKernel(source - below - offset, cubicCoefficient) }))
  if (excludeOutside) return normalized(taps.filter((tap) => tap.index >= 0 && tap.index < length))
  return merged(taps.map((tap) => ({ ...tap, index: clamp(tap.index, length) })))
}

/** The kernel stretched by the reduction, normalized; taps beyond the border fall on it unless excluded. */
function antialiased(source: number, { length, scale }: ResizedAxis, { mode, cubicCoefficient, excludeOutside }: InterpolationOptions): Tap[] {
  const stretch = Math.max(1, 1 / scale)
  const support = (mode === 'linear' ? 1 : 2) * stretch
  const center = source + 0.5
  const [first, end] = [Math.floor(center - support + 0.5), Math.floor(center + support + 0.5)]
  const taps = Array.from({ length: end - first }, (_, at) => {
    const offset = (at + first - center + 0.5) / stretch
    return { index: at + first, weight: mode === 'linear' ? Math.max(0, 1 - Math.abs(offset)) : cubicKernel(offset, cubicCoefficient) }
  })
  const inside = excludeOutside ? taps.filter((tap) => tap.index >= 0 && tap.index < length) : taps
  return merged(normalized(inside).map((tap) => ({ ...tap, index: clamp(tap.index, length) })))
}

function normalized(taps: readonly Tap[]): Tap[] {
  const total = taps.reduce((sum, tap) => sum + tap.weight, 0)
  return taps.map((tap) => ({ ...tap, weight: total === 0 ? tap.weight : tap.weight / total }))
}

/** Weights that fall on one element added up; zeros left out. */
function merged(taps: readonly Tap[]): Tap[] {
  const weights = new Map<number, number>()
  for (const { index, weight } of taps) weights.set(index, (weights.get(index) ?? 0) + weight)
  return [...weights].filter(([, weight]) => weight !== 0).map(([index, weight]) => ({ index, weight }))
}
