/** Some examples of a data set, or one part of one that has two, as a data set of its own. */
import type { Dataset } from './dataset.ts'
import { sharedBytes, sharedFloats, valuesPerExample } from './dataset.ts'

/** The whole where the source has no parts, or none of that kind. */
export function takePart(dataset: Dataset, part: number): Dataset {
  const { parts, ...rest } = dataset
  const kept = parts ? Int32Array.from(parts.keys()).filter((index) => parts[index] === part) : new Int32Array()
  return !parts || kept.length === 0 || kept.length === dataset.count ? rest : takeRows(rest, kept)
}

/** These examples, in this order. */
export function takeRows(dataset: Dataset, kept: Int32Array): Dataset {
  const { input, target, parts } = dataset
  return {
    ...dataset, count: kept.length, ...(parts ? { parts: Uint8Array.from(kept, (index) => parts[index]!) } : {}),
    input: input.kind === 'pictures'
      ? { ...input, pixels: rowsOf(input.pixels, kept, valuesPerExample(input), sharedBytes(kept.length * valuesPerExample(input))) }
      : { ...input, values: rowsOf(input.values, kept, input.columns.length, sharedFloats(kept.length * input.columns.length)) },
    target: target.kind === 'classes'
      ? { ...target, classOf: kept.map((index) => target.classOf[index]!) }
      : { ...target, values: rowsOf(target.values, kept, target.columns.length, sharedFloats(kept.length * target.columns.length)) },
    origin: (index) => dataset.origin(kept[index]!),
  }
}

interface Rows { subarray(start: number, end: number): ArrayLike<number>; set(values: ArrayLike<number>, start: number): void }

function rowsOf<T extends Rows>(from: T, rows: Int32Array, length: number, into: T): T {
  rows.forEach((row, index) => { into.set(from.subarray(row * length, (row + 1) * length), index * length) })
  return into
}
