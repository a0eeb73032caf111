/** Arcs from map to map, bent towards the viewer so that they clear the walls between. */
import { Vector3 } from 'three'

export interface UnitArc {
  readonly from: { readonly item: string; readonly unit: number }
  readonly to: { readonly item: string; readonly unit: number }
  /** 0..1: the strongest link of the unit is 1. */
  readonly strength: number
}

const steps = 24

/** Samples a cubic whose inner points are raised by a share of the distance. */
export function arcBetween(from: Vector3, to: Vector3): number[] {
  const rise = Math.min(8, 0.5 + 0.22 * from.distanceTo(to))
  const a = from.clone().lerp(to, 0.25)
  const b = from.clone().lerp(to, 0.75)
  a.z += rise
  b.z += rise
  const points: number[] = []
  for (let step = 0; step <= steps; step++) {
    const t = step / steps
    const s = 1 - t
    for (const axis of ['x', 'y', 'z'] as const) {
      points.push(s ** 3 * from[axis] + 3 * s * s * t * a[axis] + 3 * s * t * t * b[axis] + t ** 3 * to[axis])
    }
  }
  return points
}
