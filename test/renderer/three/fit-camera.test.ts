import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { fitView } from '#renderer/three/fit-camera.ts'
import { project } from '#renderer/three/projector.ts'

const size = { width: 1000, height: 700 }
const insets = { left: 30, right: 200, top: 60, bottom: 90 }
/** Half a pixel: positions are rounded to the screen anyway. */
const tolerance = 0.5

function projected(points: readonly Vector3[], direction: Vector3) {
  const camera = new PerspectiveCamera(28, size.width / size.height, 0.5, 4000)
  const view = fitView(points, direction, camera, size, insets)
  camera.position.copy(view.position)
  camera.lookAt(view.target)
  camera.updateMatrixWorld()
  return points.map((point) => project(point, camera, size))
}

describe('fitting a view', () => {
  const wide = [new Vector3(-80, 5, 0), new Vector3(90, -4, -2), new Vector3(10, 12, 0), new Vector3(0, -12, 3)]
  const tall = [new Vector3(-3, 60, 0), new Vector3(4, -50, 2)]

  it.each([['a wide net', wide], ['a tall net', tall], ['one point', [new Vector3(5, 5, 5)]]])('keeps %s inside the free part of the stage', (_, points) => {
    for (const { x, y, depth } of projected(points, new Vector3(-0.3, 0.16, 1))) {
      expect(depth).toBeGreaterThan(0)
      expect(x).toBeGreaterThanOrEqual(insets.left - tolerance)
      expect(x).toBeLessThanOrEqual(size.width - insets.right + tolerance)
      expect(y).toBeGreaterThanOrEqual(insets.top - tolerance)
      expect(y).toBeLessThanOrEqual(size.height - insets.bottom + tolerance)
    }
  })

  it('is as near as the stage allows: both ends of the tighter axis touch', () => {
    const xs = projected(wide, new Vector3(-0.3, 0.16, 1)).map(({ x }) => x)
    expect(Math.min(...xs)).toBeCloseTo(insets.left, 0)
    expect(Math.max(...xs)).toBeCloseTo(size.width - insets.right, 0)
  })
})
