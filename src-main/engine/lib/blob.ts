/** Bytes as they cross the wire. */
export const blobOf = (bytes: Uint8Array, type = 'application/octet-stream'): Blob => new Blob([bytes as Uint8Array<ArrayBuffer>], { type })

/** Within a streamed event: the contract's StreamedFloats. */
export function streamedFloatsOf(dims: readonly number[], data: Float32Array): { dims: number[]; data: Uint8Array<ArrayBuffer> } {
  return { dims: [...dims], data: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength) }
}

/** Float32, little-endian, row-major: the contract's FloatArray. */
export function floatArrayOf(dims: readonly number[], data: Float32Array): { dims: number[]; data: Blob } {
  return { dims: [...dims], data: blobOf(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) }
}
