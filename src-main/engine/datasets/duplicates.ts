/** Examples that stand in both parts, byte for byte: a network that has seen them is not tested by them. */
import type { Dataset } from './dataset.ts'
import { valuesPerExample } from './dataset.ts'
import type { Parts } from './split.ts'

/** Validation examples that are also in the training part: each with one training example that equals it. */
export function duplicatesAcross({ input }: Pick<Dataset, 'input'>, { train, validation }: Parts): (readonly [validation: number, train: number])[] {
  const values = input.kind === 'pictures' ? input.pixels : input.values
  const length = valuesPerExample(input) * values.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const heldOut = new Map<number, number[]>()
  for (const index of validation) {
    const hash = hashOf(bytes, index * length, length)
    const same = heldOut.get(hash)
    if (same) same.push(index)
    else heldOut.set(hash, [index])
  }
  const found = new Map<number, number>()
  for (const index of train) {
    for (const candidate of heldOut.get(hashOf(bytes, index * length, length)) ?? []) {
      if (!found.has(candidate) && equal(bytes, index * length, candidate * length, length)) found.set(candidate, index)
    }
  }
  return [...found].sort(([a], [b]) => a - b)
}

/** Few values can only be told apart so often: rows of tables below this many values are not called duplicates. */
const leastValues = 16

export const countDuplicates = (dataset: Pick<Dataset, 'input'>, parts: Parts): number => (valuesPerExample(dataset.input) < leastValues ? 0 : duplicatesAcross(dataset, parts).length)

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash
}

function equal(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let offset = 0; offset < length; offset++) if (bytes[a + offset] !== bytes[b + offset]) return false
  return true
}
