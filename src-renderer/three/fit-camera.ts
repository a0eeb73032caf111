/** Where a camera must stand to see everything, clear of what covers the stage. */
import { Matrix4, Vector3 } from 'three'
import type { PerspectiveCamera } from 'three'

export interface Insets { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
export interface View { readonly position: Vector3; readonly target: Vector3 }

/**
 * The nearest view along `direction` (from the target to the camera) in which every point projects inside the stage less `insets` (pixels).
 * Exact for a perspective camera: in camera axes (u, v, w), w towards the viewer, a point fits the right edge if u - c <= (d - w) · r, which gives
 * the distance and the center on each axis in closed form.
 */
export function fitView(points: readonly Vector3[], direction: Vector3, camera: PerspectiveCamera, size: { width: number; height: number }, insets: Insets): View {
  const back = direction.clone().normalize()
  const basis = new Matrix4().lookAt(back, new Vector3(), new Vector3(0, 1, 0))
  const right = new Vector3().setFromMatrixColumn(basis, 0)
  const up = new Vector3().setFromMatrixColumn(basis, 1)
  const tanV = Math.tan((camera.fov * Math.PI) / 360)
  const tanH = (tanV * size.width) / size.height
  // Slopes of the four planes that bound the free part of the stage, in units of w.
  const toRight = tanH * (1 - (2 * insets.right) / size.width)
  const toLeft = tanH * (1 - (2 * insets.left) / size.width)
  const toTop = tanV * (1 - (2 * insets.top) / size.height)
  const toBottom = tanV * (1 - (2 * insets.bottom) / size.height)
  const solve = (axis: Vector3, high: number, low: number) => {
    let above = -Infinity, below = Infinity
    for (const point of points) {
      const along = point.dot(axis)
      const depth = point.dot(back)
      above = Math.max(above, along + depth * high)
      below = Math.min(below, along - depth * low)
    }
    return { distance: (above - below) / (high + low), center: (distance: number) => ((above - distance * high) + (below + distance * low)) / 2 }
  }
  const horizontal = solve(right, toRight, toLeft)
  const vertical = solve(up, toTop, toBottom)
  const nearest = Math.max(...points.map((point) => point.dot(back)))
  const distance = Math.max(horizontal.distance, vertical.distance, nearest + camera.near * 4)
  const foot = right.clone().multiplyScalar(horizontal.center(distance)).addScaledVector(up, vertical.center(distance))
  return { position: foot.clone().addScaledVector(back, distance), target: foot.addScaledVector(back, nearest) }
}
