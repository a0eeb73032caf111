/** World to stage pixels, for HTML that sits on the scene. */
import { Vector3 } from 'three'
import type { Camera } from 'three'

export interface StagePoint { readonly x: number; readonly y: number; /** Distance along the view, world units; negative behind the camera. */ readonly depth: number }

const scratch = new Vector3()

export function project(point: { x: number; y: number; z: number }, camera: Camera, size: { width: number; height: number }): StagePoint {
  scratch.set(point.x, point.y, point.z).applyMatrix4(camera.matrixWorldInverse)
  const depth = -scratch.z
  scratch.applyMatrix4(camera.projectionMatrix)
  return { x: ((scratch.x + 1) / 2) * size.width, y: ((1 - scratch.y) / 2) * size.height, depth }
}

export interface Box { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** Whether a box touches any of others, with a margin left and right. */
export function overlapsAny(box: Box, others: readonly Box[], margin = 4): boolean {
  return others.some((other) => box.right + margin > other.left && other.right + margin > box.left && box.bottom > other.top && other.bottom > box.top)
}
