/** Arrays one behind the other, in shared memory. */
import { sharedBytes, sharedFloats } from './dataset.ts'

const lengthOf = (arrays: readonly ArrayLike<unknown>[]): number => arrays.reduce((sum, { length }) => sum + length, 0)

export function joinBytes(arrays: readonly Uint8Array[]): Uint8Array {
  const joined = sharedBytes(lengthOf(arrays))
  arrays.reduce((start, array) => (joined.set(array, start), start + array.length), 0)
  return joined
}

export function joinFloats(arrays: readonly Float32Array[]): Float32Array {
  const joined = sharedFloats(lengthOf(arrays))
  arrays.reduce((start, array) => (joined.set(array, start), start + array.length), 0)
  return joined
}
