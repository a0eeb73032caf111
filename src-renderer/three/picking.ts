/** From the pointer to what lies under it. */
import { Raycaster, Vector2 } from 'three'
import type { Camera, Ray } from 'three'

const raycaster = new Raycaster()
const point = new Vector2()

/** The ray through a stage pixel. Valid until the next call. */
export function rayThrough(x: number, y: number, camera: Camera, size: { width: number; height: number }): Ray {
  raycaster.setFromCamera(point.set((x / size.width) * 2 - 1, 1 - (y / size.height) * 2), camera)
  return raycaster.ray
}

export interface FacingRectangle { readonly x: number; readonly y: number; readonly z: number; readonly width: number; readonly height: number }
export interface RectangleHit { readonly index: number; /** 0..1 from the left and from the top. */ readonly u: number; readonly v: number; readonly distance: number }

/** The nearest of rectangles that face z which a ray meets. */
export function pickRectangle(ray: Ray, rectangles: readonly FacingRectangle[]): RectangleHit | undefined {
  let nearest: RectangleHit | undefined
  rectangles.forEach(({ x, y, z, width, height }, index) => {
    const distance = (z - ray.origin.z) / ray.direction.z
    if (!(distance > 0) || distance >= (nearest?.distance ?? Infinity)) return
    const u = (ray.origin.x + distance * ray.direction.x - x) / width + 0.5
    const v = 0.5 - (ray.origin.y + distance * ray.direction.y - y) / height
    if (u >= 0 && u <= 1 && v >= 0 && v <= 1) nearest = { index, u, v, distance }
  })
  return nearest
}
