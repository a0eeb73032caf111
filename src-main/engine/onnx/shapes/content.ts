/**
 * The content of small tensors, known before anything runs. Exporters compute target shapes in the graph (Shape, Gather,
 * Concat, Reshape, ...); evaluating that plumbing is what makes shapes static. An element is a number, or the name of a
 * symbolic extent, or null.
 */
import type { DataType, Dim, Tensor } from '../model.ts'
import { elementCount, elementSize, numbersOf, tensorOfNumbers } from '../tensor-data.ts'
import type { Fact } from './define-shape.ts'
import { isNumber, staticDims } from './dims.ts'

export interface Content {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly values: readonly Dim[]
}

/** Elements up to which content is evaluated: shape plumbing holds a handful, position tables a few thousand. */
export const contentLimit = 4096

const readable: ReadonlySet<DataType> = new Set(['float32', 'float64', 'float16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'uint16', 'uint32', 'uint64', 'bool'])
const read = new WeakMap<Tensor, readonly number[]>()

/** What is known of a value's elements; undefined where nothing is, or where it is large. */
export function contentOf(fact: Fact | undefined): Content | undefined {
  if (!fact) return undefined
  const { constant, elements } = fact
  if (constant) {
    const count = elementCount(constant.dims)
    // Bytes are missing where external data has not been loaded.
    if (count > contentLimit || !readable.has(constant.dataType) || constant.bytes.byteLength !== count * elementSize(constant.dataType)) return undefined
    const values = read.get(constant) ?? numbersOf(constant)
    read.set(constant, values)
    return { dataType: constant.dataType, dims: constant.dims, values }
  }
  const dims = staticDims(fact.shape)
  return elements && dims ? { dataType: fact.dataType, dims, values: elements } : undefined
}

/** A value of that content: a constant where all of it is known. */
export function factOf(content: Content): Fact {
  const { dataType, dims, values } = content
  if (!values.every(isNumber)) return { dataType, shape: dims, elements: values }
  // Elements are read back from the tensor, which rounds them to its type.
  return { dataType, shape: dims, constant: tensorOfNumbers(dataType, dims, values) }
}

/** A small value of known shape whose elements are not known. */
export function unknownContent(fact: Fact | undefined): Content | undefined {
  const dims = staticDims(fact?.shape)
  if (!fact || !dims || elementCount(dims) > contentLimit) return undefined
  return { dataType: fact.dataType, dims, values: Array<Dim>(elementCount(dims)).fill(null) }
}
