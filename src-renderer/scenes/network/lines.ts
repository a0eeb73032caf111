/** Curves of any number in one draw: segments as screen-aligned quads, so that they can be thicker than a pixel anywhere. */
import { Color } from 'three'
import { LineMaterial } from 'three/addons/lines/LineMaterial.js'
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js'
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js'

export interface Curve {
  /** x, y, z of successive points. */
  readonly points: readonly number[]
  readonly color: Color
}

export class Lines {
  readonly mesh: LineSegments2
  private readonly material: LineMaterial

  constructor(width: number) {
    this.material = new LineMaterial({ linewidth: width, vertexColors: true, transparent: true, depthWrite: false })
    this.mesh = new LineSegments2(new LineSegmentsGeometry(), this.material)
    this.mesh.frustumCulled = false
    this.mesh.visible = false
  }

  /** Replaces all curves; one geometry, one draw. */
  write(curves: readonly Curve[]): void {
    const positions: number[] = []
    const colors: number[] = []
    for (const { points, color } of curves) {
      for (let i = 3; i < points.length; i += 3) {
        for (let k = i - 3; k < i + 3; k++) positions.push(points[k] ?? 0)
        for (let end = 0; end < 2; end++) colors.push(color.r, color.g, color.b)
      }
    }
    // Buffers of instanced geometries do not grow: a new geometry takes the old one's place.
    this.mesh.geometry.dispose()
    this.mesh.geometry = new LineSegmentsGeometry()
    this.mesh.visible = positions.length > 0
    if (positions.length === 0) return
    this.mesh.geometry.setPositions(positions)
    this.mesh.geometry.setColors(colors)
  }

  set opacity(value: number) { this.material.opacity = value }
}
