/** The parts of a style step as nodes: a layer's statistics, the gradients that come back to its maps, content and smoothness. */
import type { Emit, Value } from '../../autodiff/emit.ts'
import type { Tap } from './backbone.ts'

/** [C, P]: one row a map. */
export function rowsOf(emit: Emit, { value, channels, height, width, channelsLast }: Tap): Value {
  return channelsLast ? emit.transpose(emit.reshape(value, [height * width, channels]), [1, 0]) : emit.reshape(value, [channels, height * width])
}

/** Of the tap's own shape, from [C, P]. */
function unrolled(emit: Emit, rows: Value, { value, channelsLast }: Tap): Value {
  return emit.reshape(channelsLast ? emit.transpose(rows, [1, 0]) : rows, value.dims)
}

/** S = sum m f f^T and, where asked for, s = sum m f. `mask` [1, P]. */
export function momentsOf(emit: Emit, tap: Tap, mask: Value | undefined, readsSums: boolean): { readonly products: Value; readonly sums: Value | undefined } {
  const rows = rowsOf(emit, tap)
  const weighted = mask ? emit.mul(rows, mask) : rows
  return { products: emit.gemm(weighted, rows, { transB: true }), sums: readsSums ? emit.reduceSum(weighted, [1], true) : undefined }
}

/** dL/df_p = m_p (2 dL/dS f_p + dL/ds), of the tap's shape. */
export function backToMaps(emit: Emit, tap: Tap, mask: Value | undefined, { products, sums }: { readonly products: Value; readonly sums: Value | undefined }): Value {
  const through = emit.matMul(emit.mul(products, 2), rowsOf(emit, tap))
  const both = sums ? emit.add(through, sums) : through
  return unrolled(emit, mask ? emit.mul(both, mask) : both, tap)
}

/** |F - P|^2 / norm over the positions of `core` ([1, P]), norm = |P|^2 over the whole picture: Gatys et al. 2016, eq. 1, relative to the content's own features. */
export function contentOf(emit: Emit, tap: Tap, target: Value, norm: Value, core: Value | undefined): { readonly value: Value; readonly gradient: Value } {
  const difference = emit.sub(tap.value, target)
  const counted = core ? emit.mul(difference, positionsOf(emit, tap, core)) : difference
  return { value: emit.div(emit.reduceSum(emit.mul(difference, counted)), norm), gradient: emit.div(emit.mul(counted, 2), norm) }
}

const positionsOf = (emit: Emit, { height, width, channelsLast }: Tap, core: Value): Value => emit.reshape(core, channelsLast ? [1, height, width, 1] : [1, 1, height, width])

/**
 * Squared differences of neighbours, over `count` (Mahendran and Vedaldi 2015, arXiv:1412.0035, eq. 5 with beta = 2). `core` [1, 1, H, W]: the pixels whose differences
 * to the right and below count.
 */
export function variationOf(emit: Emit, picture: Value, count: number, core: Value | undefined): { readonly value: Value; readonly gradient: Value } {
  const along = (axis: 2 | 3): { readonly value: Value; readonly gradient: Value } => {
    const length = picture.dims[axis] ?? 1
    const cut = (value: Value, start: number, end: number): Value => emit.slice(value, [start], [end], [axis])
    const difference = emit.sub(cut(picture, 1, length), cut(picture, 0, length - 1))
    const counted = core ? emit.mul(difference, cut(core, 0, length - 1)) : difference
    const pads = (before: number, after: number): number[] => [...[0, 1, 2, 3].map((each) => (each === axis ? before : 0)), ...[0, 1, 2, 3].map((each) => (each === axis ? after : 0))]
    return { value: emit.reduceSum(emit.mul(difference, counted)), gradient: emit.sub(emit.pad(counted, pads(1, 0)), emit.pad(counted, pads(0, 1))) }
  }
  const [down, right] = [along(2), along(3)]
  return { value: emit.mul(emit.add(down.value, right.value), 1 / count), gradient: emit.mul(emit.add(down.gradient, right.gradient), 2 / count) }
}
