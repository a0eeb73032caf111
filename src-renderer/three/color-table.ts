/** Colour tables as a texture: row 0 for magnitudes, row 1 for signed values. Display-space bytes, used without conversion. */
import { ClampToEdgeWrapping, DataTexture, NearestFilter, RGBAFormat, UnsignedByteType } from 'three'
import type { ColorTable } from '#renderer/colour/tables.ts'

export interface ColorTables { readonly magnitude: ColorTable; readonly signed: ColorTable }

export function createColorTexture(): DataTexture {
  const texture = new DataTexture(new Uint8Array(256 * 2 * 4).fill(255), 256, 2, RGBAFormat, UnsignedByteType)
  texture.magFilter = texture.minFilter = NearestFilter
  texture.wrapS = texture.wrapT = ClampToEdgeWrapping
  return texture
}

/** Changing the tables changes every wall that looks them up: nothing else is uploaded. */
export function fillColorTexture(texture: DataTexture, tables: ColorTables): void {
  const { data } = texture.image
  if (data === null) return
  data.set(tables.magnitude, 0)
  data.set(tables.signed, 256 * 4)
  texture.needsUpdate = true
}
