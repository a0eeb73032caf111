/** Bytes within streamed events: oRPC writes events as JSON text, in which a Blob would arrive empty. */
import type { StandardRPCCustomJsonSerializer } from '@orpc/client/standard'

/** Own types are numbered from above oRPC's. */
const bytesType = 21
/** Arguments of one call of String.fromCharCode. */
const chunkBytes = 0x8000

export const bytesSerializer: StandardRPCCustomJsonSerializer = {
  type: bytesType,
  condition: (data) => data instanceof Uint8Array,
  serialize: (bytes: Uint8Array) => {
    let text = ''
    for (let start = 0; start < bytes.length; start += chunkBytes) text += String.fromCharCode(...bytes.subarray(start, start + chunkBytes))
    return btoa(text)
  },
  deserialize: (base64: unknown) => {
    if (typeof base64 !== 'string') throw new TypeError(`Bytes arrive as base64 text; got ${typeof base64}.`)
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  },
}
