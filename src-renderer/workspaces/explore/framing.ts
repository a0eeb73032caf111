/** Views of the net: all of it, or one wall. */
import { Vector3 } from 'three'
import type { Stage } from '#renderer/three/stage.ts'
import { fitView } from '#renderer/three/fit-camera.ts'
import type { Insets, View } from '#renderer/three/fit-camera.ts'
import type { NetworkScene } from '#renderer/scenes/network/network-scene.ts'

/** From a little to the left of the net and above it. */
const direction = new Vector3(-0.25, 0.15, 1)
/** From the front, where one wall is looked at. */
const closeDirection = new Vector3(-0.1, 0.05, 1)
/** Clear of the floating controls and of the labels below the lowest walls. */
export const overviewInsets: Insets = { left: 28, right: 28, top: 76, bottom: 84 }
const closeInsets: Insets = { left: 90, right: 90, top: 84, bottom: 110 }

/** What stands beside the net: the answer, to the right of the last wall, in pixels. */
export interface Annex { readonly item: string; readonly width: number; readonly height: number }

export function overview(stage: Stage, scene: NetworkScene, annex: Annex | undefined): View | undefined {
  const points = scene.corners()
  if (points.length === 0) return undefined
  const fit = (extra: readonly Vector3[]) => fitView([...points, ...extra], direction, stage.camera, stage.extent, overviewInsets)
  let view = fit([])
  const place = annex === undefined ? undefined : scene.placeOf(annex.item)
  if (annex === undefined || place === undefined) return view
  // A pixel is worth more world the farther the camera stands, and the annex sends it farther: three rounds settle it.
  for (let round = 0; round < 3; round++) {
    const distance = view.position.distanceTo(new Vector3(place.x, place.y, place.z))
    const pixel = (2 * distance * Math.tan((stage.camera.fov * Math.PI) / 360)) / stage.extent.height
    const right = place.x + place.width / 2 + annex.width * pixel
    const top = place.y + place.height / 2
    view = fit([new Vector3(right, top, 0), new Vector3(right, top - annex.height * pixel, 0)])
  }
  return view
}

export function closeUp(stage: Stage, scene: NetworkScene, item: string): View | undefined {
  const points = scene.corners([item])
  return points.length === 0 ? undefined : fitView(points, closeDirection, stage.camera, stage.extent, closeInsets)
}
