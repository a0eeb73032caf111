/**
 * The ONNX graph as an immutable value (intermediate representation).
 * Reading, specialising, differentiating and pruning are functions from Model to Model; nothing here is ever mutated.
 * Source: onnx/onnx.proto (IR version 3 and later).
 */

/** Element types of onnx TensorProto.DataType that the project names; the string is the lower-case ONNX name. */
export const dataTypes = [
  'undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64',
  'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2',
  'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1', 'float8e8m0', 'uint2', 'int2',
] as const
/** The position of a name in `dataTypes` is its TensorProto.DataType number. */
export type DataType = (typeof dataTypes)[number]

/** One axis: a number when known, a name when symbolic ("batch_size"), null when nothing is known. */
export type Dim = number | string | null
export type Shape = readonly Dim[]

/** Where the bytes of a tensor lie when they are not in the model file (TensorProto.external_data). */
export interface ExternalLocation {
  readonly location: string
  readonly offset?: number
  readonly length?: number
  readonly checksum?: string
}

/**
 * A constant tensor. `bytes` is little-endian raw data of `dims` elements in row-major order (as TensorProto.raw_data);
 * it may be an unaligned view into the model file: read it through `tensor-data.ts`. String tensors use `strings`.
 */
export interface Tensor {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly bytes: Uint8Array
  readonly strings?: readonly Uint8Array[]
  /** Present as long as the data has not been fetched; `bytes` is empty then. */
  readonly external?: ExternalLocation
  readonly doc?: string
  /** Encoded TensorProto fields that are carried through unchanged. */
  readonly extra?: Uint8Array
}

export interface TensorType {
  readonly kind: 'tensor'
  readonly dataType: DataType
  /** Absent when the rank is unknown. */
  readonly shape?: Shape
  /** "IMAGE", "TENSOR", ...: onnx docs/TypeDenotation.md. */
  readonly denotation?: string
  /** "DATA_BATCH", "DATA_CHANNEL", ...; '' where an axis has none: onnx docs/DimensionDenotation.md. */
  readonly axisDenotations?: readonly string[]
}

/** A type the project carries through but does not compute with (sequence, map, optional, sparse tensor): its encoded TypeProto. */
export interface OpaqueType {
  readonly kind: 'opaque'
  readonly bytes: Uint8Array
}

export type ValueType = TensorType | OpaqueType

export interface ValueInfo {
  readonly name: string
  readonly type?: ValueType
  readonly doc?: string
  readonly metadata?: ReadonlyMap<string, string>
}

/** AttributeProto. 64-bit integers are numbers, saturated at +-2^63 (the sentinels that exporters write survive a round trip). */
export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  /** A function body's attribute that takes its value from the caller (`ref_attr_name`). */
  | { readonly kind: 'reference'; readonly value: string; readonly type: number }
  /** Sparse tensors, types and strings that are not text: the encoded AttributeProto. */
  | { readonly kind: 'opaque'; readonly bytes: Uint8Array }

export type Attributes = ReadonlyMap<string, Attribute>

/** NodeProto. An empty string in `inputs` is an omitted optional input; in `outputs`, an output nobody wants. */
export interface Node {
  readonly name: string
  readonly opType: string
  /** '' is the standard domain (ai.onnx). */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
  readonly overload?: string
  readonly doc?: string
  readonly metadata?: ReadonlyMap<string, string>
  /** Encoded NodeProto fields that are carried through unchanged (device_configurations). */
  readonly extra?: Uint8Array
}

export interface Graph {
  readonly name: string
  /** In topological order (reading checks it, and sorts where a file is not). */
  readonly nodes: readonly Node[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly valueInfos: ReadonlyMap<string, ValueInfo>
  readonly doc?: string
  readonly metadata?: ReadonlyMap<string, string>
  /** Encoded GraphProto fields that are carried through unchanged (sparse initialisers, quantisation annotations). */
  readonly extra?: Uint8Array
}

/** FunctionProto of a model-local function. */
export interface FunctionBody {
  readonly name: string
  readonly domain: string
  readonly overload?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributeNames: readonly string[]
  readonly attributeDefaults: Attributes
  readonly nodes: readonly Node[]
  readonly opsets: ReadonlyMap<string, number>
  readonly doc?: string
  /** Encoded FunctionProto fields that are carried through unchanged (value_info, metadata_props). */
  readonly extra?: Uint8Array
}

export interface Model {
  readonly irVersion: number
  /** Operator set version by domain; '' is the standard domain. */
  readonly opsets: ReadonlyMap<string, number>
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion: number
  readonly doc: string
  readonly metadata: ReadonlyMap<string, string>
  readonly graph: Graph
  readonly functions: readonly FunctionBody[]
  /** Encoded ModelProto fields that are carried through unchanged (training_info, configuration). */
  readonly extra?: Uint8Array
}

/** A model that is made here: IR version 8, operator set 18. */
export const ownModel = (graph: Graph, changes: Partial<Pick<Model, 'opsets' | 'doc'>> = {}): Model =>
  ({ irVersion: 8, opsets: new Map([['', 18]]), producerName: 'phosphene', producerVersion: '', domain: '', modelVersion: 1, doc: '', metadata: new Map(), functions: [], graph, ...changes })

/** The standard-domain operator set version of a model; 1 when it names none. */
export function opsetOf(model: Model): number {
  return model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? 1
}

export const isStandard = (node: Pick<Node, 'domain'>): boolean => node.domain === '' || node.domain === 'ai.onnx'
