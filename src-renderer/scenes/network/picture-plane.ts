/** The picture at one end of the net. */
import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from 'three'

export class PicturePlane {
  readonly mesh = new Mesh(new PlaneGeometry(1, 1), new MeshBasicMaterial({ transparent: true, toneMapped: false }))

  constructor() {
    this.mesh.visible = false
    this.mesh.renderOrder = 3
  }

  /** Shows a picture, or nothing. Small pictures keep hard pixels. */
  show(picture: ImageBitmap | HTMLCanvasElement | undefined): void {
    const { material } = this.mesh
    material.map?.dispose()
    material.map = null
    this.mesh.visible = picture !== undefined
    if (picture === undefined) return
    const texture = new CanvasTexture(picture)
    texture.colorSpace = SRGBColorSpace
    texture.minFilter = LinearMipmapLinearFilter
    texture.magFilter = LinearFilter
    // An ImageBitmap is uploaded as it lies: the texture coordinates turn it over instead.
    texture.flipY = false
    texture.repeat.y = -1
    texture.offset.y = 1
    material.map = texture
    material.needsUpdate = true
  }

  place(x: number, y: number, z: number, width: number, height: number, opacity: number): void {
    this.mesh.position.set(x, y, z)
    this.mesh.scale.set(width, height, 1)
    this.mesh.material.opacity = opacity
  }
}
