/** Frees what three.js keeps on the GPU. */
import type { BufferGeometry, Material, Object3D, Texture } from 'three'

interface Drawable extends Object3D { geometry?: BufferGeometry; material?: Material | Material[] }

/** Disposes geometries, materials and the textures in their uniforms and maps, of an object and all below it; then empties it. */
export function disposeTree(root: Object3D): void {
  const materials = new Set<Material>()
  root.traverse((object: Drawable) => {
    object.geometry?.dispose()
    for (const material of [object.material ?? []].flat()) materials.add(material)
    if ('dispose' in object && typeof object.dispose === 'function') object.dispose()
  })
  for (const material of materials) {
    for (const texture of texturesOf(material)) texture.dispose()
    material.dispose()
  }
  root.clear()
}

const isTexture = (value: unknown): value is Texture => typeof value === 'object' && value !== null && 'isTexture' in value

function texturesOf(material: Material): Texture[] {
  const own = Object.values(material).filter(isTexture)
  const uniforms: unknown = 'uniforms' in material ? material.uniforms : undefined
  if (typeof uniforms !== 'object' || uniforms === null) return own
  return [...own, ...Object.values(uniforms).map((uniform: { value: unknown }) => uniform.value).filter(isTexture)]
}
