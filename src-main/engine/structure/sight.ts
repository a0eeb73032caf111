/** The algebra of receptive fields along one axis (`receptive-field.ts`). */
import type { Dim } from '../onnx/model.ts'

/** Pixels from one to another, both included. */
export interface Span {
  readonly low: number
  readonly high: number
}

/** What the positions along one axis see of the picture: position i from stride i + low to stride i + high, and everything in `fixed`. */
export interface Sight {
  /** Absent once every position sees the same. */
  readonly moving?: Span & { readonly stride: number }
  readonly fixed?: Span
  /** Positions along this axis. */
  readonly extent: Dim
}

const hull = (a: Span | undefined, b: Span | undefined): Span | undefined => (a && b ? { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) } : (a ?? b))

export function union(a: Sight, b: Sight): Sight {
  const moving = a.moving && b.moving ? { stride: Math.max(a.moving.stride, b.moving.stride), low: Math.min(a.moving.low, b.moving.low), high: Math.max(a.moving.high, b.moving.high) } : (a.moving ?? b.moving)
  return { moving, fixed: hull(a.fixed, b.fixed), extent: a.moving ? a.extent : b.extent }
}

/** All positions together. */
export function gathered({ moving, fixed, extent }: Sight): Sight {
  const reach = typeof extent === 'number' ? extent - 1 : Infinity
  return { extent: 1, fixed: hull(fixed, moving && { low: moving.low, high: moving.high + moving.stride * reach }) }
}

export const moved = (sight: Sight, extent: Dim, change: (moving: Span & { readonly stride: number }) => Span & { readonly stride: number }): Sight => ({ ...sight, extent, moving: sight.moving && change(sight.moving) })
