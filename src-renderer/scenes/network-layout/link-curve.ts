/** Smooth polylines through a link's points. */
import type { Point } from './network-layout.ts'

const steps = 14
const cornerSteps = 5
const cornerRadius = 1.2

/** Samples a link as x, y pairs. Sideways runs are S-curves with level tangents; vertical runs are straight with rounded corners. */
export function sampleLink(points: readonly Point[]): number[] {
  const path = roundCorners(points)
  const samples: number[] = []
  path.forEach((to, index) => {
    const from = path[index - 1]
    if (from === undefined) { samples.push(to.x, to.y); return }
    if (Math.abs(from.y - to.y) < 1e-6 || Math.abs(to.x - from.x) < 1e-6 || to.corner) { samples.push(to.x, to.y); return }
    for (let step = 1; step <= steps; step++) {
      // A cubic with both control points at half way: x is nearly linear in t, y eases in and out.
      const t = step / steps
      const ease = t * t * (3 - 2 * t)
      samples.push(from.x + (to.x - from.x) * (1.5 * t * (1 - t) + t * t * t), from.y + (to.y - from.y) * ease)
    }
  })
  return samples
}

interface PathPoint extends Point { readonly corner?: boolean }

/** Replaces right angles by short arcs. */
function roundCorners(points: readonly Point[]): readonly PathPoint[] {
  const path: PathPoint[] = []
  points.forEach((point, index) => {
    const before = points[index - 1]
    const after = points[index + 1]
    const bends = before !== undefined && after !== undefined
      && ((Math.abs(before.x - point.x) < 1e-6 && Math.abs(after.y - point.y) < 1e-6) || (Math.abs(before.y - point.y) < 1e-6 && Math.abs(after.x - point.x) < 1e-6))
    if (!bends) { path.push(point); return }
    const radius = Math.min(cornerRadius, Math.hypot(point.x - before.x, point.y - before.y) / 2, Math.hypot(after.x - point.x, after.y - point.y) / 2)
    const start = towards(point, before, radius)
    const end = towards(point, after, radius)
    path.push(start)
    for (let step = 1; step <= cornerSteps; step++) {
      const t = step / cornerSteps
      path.push({ x: (1 - t) ** 2 * start.x + 2 * t * (1 - t) * point.x + t * t * end.x, y: (1 - t) ** 2 * start.y + 2 * t * (1 - t) * point.y + t * t * end.y, corner: true })
    }
  })
  return path
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  return { x: from.x + ((to.x - from.x) / length) * distance, y: from.y + ((to.y - from.y) / length) * distance }
}
