import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { pickRectangle, rayThrough } from '#renderer/three/picking.ts'
import { overlapsAny, project } from '#renderer/three/projector.ts'

const size = { width: 400, height: 300 }
const camera = new PerspectiveCamera(40, size.width / size.height, 0.1, 500)
camera.position.set(-8, 4, 30)
camera.lookAt(0, 0, 0)
camera.updateMatrixWorld()

describe('picking', () => {
  const walls = [{ x: 0, y: 0, z: 0, width: 10, height: 8 }, { x: 2, y: 0, z: 5, width: 2, height: 2 }]

  it('finds the place on a wall that a projected point came from', () => {
    const at = project(new Vector3(-3, 2, 0), camera, size)
    const hit = pickRectangle(rayThrough(at.x, at.y, camera, size), walls)
    expect(hit?.index).toBe(0)
    expect(hit?.u).toBeCloseTo(0.2, 5)
    expect(hit?.v).toBeCloseTo(0.25, 5)
  })

  it('prefers the nearer wall', () => {
    const at = project(new Vector3(2, 0, 5), camera, size)
    expect(pickRectangle(rayThrough(at.x, at.y, camera, size), walls)?.index).toBe(1)
  })

  it('finds nothing beside the walls nor behind the camera', () => {
    expect(pickRectangle(rayThrough(2, 2, camera, size), walls)).toBeUndefined()
    expect(pickRectangle(rayThrough(200, 150, camera, size), [{ x: 0, y: 0, z: 60, width: 500, height: 500 }])).toBeUndefined()
  })
})

describe('boxes on the stage', () => {
  it('overlap only where they share area, margin included', () => {
    const box = { left: 0, right: 10, top: 0, bottom: 10 }
    expect(overlapsAny(box, [{ left: 9, right: 20, top: 0, bottom: 10 }])).toBe(true)
    expect(overlapsAny(box, [{ left: 13, right: 20, top: 0, bottom: 10 }])).toBe(true)
    expect(overlapsAny(box, [{ left: 15, right: 20, top: 0, bottom: 10 }])).toBe(false)
    expect(overlapsAny(box, [{ left: 0, right: 10, top: 10, bottom: 20 }])).toBe(false)
  })
})
