/** Binary content of the contract, as the page uses it. */
import type { FloatArray } from '#contract/wire.ts'

export interface Floats {
  readonly dims: readonly number[]
  readonly data: Float32Array<ArrayBuffer>
}

/** Float32, row-major. Every machine a browser runs on is little-endian, like the wire. */
export async function toFloats(array: FloatArray): Promise<Floats> {
  const buffer = await array.data.arrayBuffer()
  const data = new Float32Array(buffer)
  const expected = array.dims.reduce((product, extent) => product * extent, 1)
  if (data.length !== expected) throw new Error(`A tensor of shape ${array.dims.join(' × ')} needs ${expected} values; ${data.length} arrived.`)
  return { dims: array.dims, data }
}

export async function toBytes(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer())
}

/** The bytes as a typed picture: blobs lose their type on some transports, and <img> insists on one. */
export function asPng(blob: Blob): Blob {
  return blob.type === 'image/png' ? blob : blob.slice(0, blob.size, 'image/png')
}
