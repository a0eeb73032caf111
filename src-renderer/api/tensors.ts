/** Binary content of the contract, as the page uses it. */
import type { FloatArray, StreamedFloats } from '#contract/wire.ts'

export interface Floats {
  readonly dims: readonly number[]
  readonly data: Float32Array<ArrayBuffer>
}

/** Float32, row-major. Every machine a browser runs on is little-endian, like the wire. */
export async function toFloats({ dims, data }: FloatArray): Promise<Floats> {
  return floatsOf(dims, await data.arrayBuffer())
}

export function fromStreamed({ dims, data }: StreamedFloats): Floats {
  return floatsOf(dims, data.slice().buffer)
}

function floatsOf(dims: readonly number[], buffer: ArrayBuffer): Floats {
  const expected = dims.reduce((product, extent) => product * extent, 1)
  if (buffer.byteLength !== expected * Float32Array.BYTES_PER_ELEMENT) throw new Error(`A tensor of shape ${dims.join(' × ')} needs ${expected * Float32Array.BYTES_PER_ELEMENT} bytes; ${buffer.byteLength} arrived.`)
  return { dims, data: new Float32Array(buffer) }
}

export async function toBytes(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer())
}

/** The bytes as a typed picture: blobs lose their type on some transports, and <img> insists on one. */
export function asPng(blob: Blob): Blob {
  return blob.type === 'image/png' ? blob : blob.slice(0, blob.size, 'image/png')
}
