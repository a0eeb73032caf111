import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { float, floats, int, ints, string, tensor } from '#engine/onnx/attributes.ts'
import type { Attribute, DataType, Model, Node } from '#engine/onnx/model.ts'
import { dataTypes } from '#engine/onnx/model.ts'
import * as fields from '#engine/onnx/proto/fields.ts'
import { joined } from '#engine/onnx/proto/message-reader.ts'
import { MessageWriter } from '#engine/onnx/proto/message-writer.ts'
import { decodeTensor } from '#engine/onnx/proto/tensor.ts'
import { readModel } from '#engine/onnx/read.ts'
import { float32Tensor, int64Tensor, numbersOf } from '#engine/onnx/tensor-data.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { generateFields, target } from '../../../resources/scripts/generate-onnx-fields.mjs'
import { soundModel } from '../../support/bad-inputs.ts'

const { TensorProto } = fields

function encoded(build: (writer: MessageWriter) => void): Uint8Array {
  const writer = new MessageWriter()
  build(writer)
  return joined(writer.chunks())
}

/** A packed field of varints. */
const varints = (field: number, values: readonly number[]) => (writer: MessageWriter): void => writer.bytes(field, encoded((packed) => {
  for (const value of values) packed.encoded(encoded((one) => one.integer(1, value)).subarray(1))
}))

function typed(dataType: DataType, dims: readonly number[], fill: (writer: MessageWriter) => void): number[] {
  const bytes = encoded((writer) => {
    writer.integers(TensorProto.dims, dims)
    writer.integer(TensorProto.data_type, dataTypes.indexOf(dataType))
    fill(writer)
  })
  return numbersOf(decodeTensor(bytes).tensor)
}

describe('TensorProto', () => {
  const f32 = new Uint8Array(Float32Array.of(1.5, -2).buffer)
  it('reads packed float_data', () => expect(typed('float32', [2], (writer) => writer.bytes(TensorProto.float_data, f32))).toEqual([1.5, -2]))
  it('reads unpacked float_data', () => expect(typed('float32', [2], (writer) => { writer.float(TensorProto.float_data, 1.5); writer.float(TensorProto.float_data, -2) })).toEqual([1.5, -2]))
  it('reads double_data', () => expect(typed('float64', [2], (writer) => writer.bytes(TensorProto.double_data, new Uint8Array(Float64Array.of(0.1, 1e300).buffer)))).toEqual([0.1, 1e300]))
  it('reads int64_data', () => expect(typed('int64', [3], varints(TensorProto.int64_data, [1, -1, 2 ** 40]))).toEqual([1, -1, 2 ** 40]))
  it('reads uint32 from uint64_data', () => expect(typed('uint32', [2], varints(TensorProto.uint64_data, [7, 2 ** 32 - 1]))).toEqual([7, 2 ** 32 - 1]))
  it('reads uint64_data', () => expect(typed('uint64', [1], varints(TensorProto.uint64_data, [2 ** 52]))).toEqual([2 ** 52]))
  for (const dataType of ['int32', 'int16', 'int8'] as const)
    it(`reads negative ${dataType} from int32_data`, () => expect(typed(dataType, [2], varints(TensorProto.int32_data, [-3, 100]))).toEqual([-3, 100]))
  for (const dataType of ['uint16', 'uint8', 'bool'] as const)
    it(`reads ${dataType} from int32_data`, () => expect(typed(dataType, [2], varints(TensorProto.int32_data, [0, 1]))).toEqual([0, 1]))
  it('reads float16 and bfloat16 bit patterns from int32_data', () => {
    expect(typed('float16', [2], varints(TensorProto.int32_data, [0x3c00, 0xc000]))).toEqual([1, -2])
    expect(typed('bfloat16', [1], varints(TensorProto.int32_data, [0x3fc0]))).toEqual([1.5])
  })
})

const everyAttribute: Readonly<Record<string, Attribute>> = {
  f: float(0.25), i: int(-7), limit: int(-(2 ** 63)), end: int(2 ** 63), s: string('grün'), empty: string(''), t: tensor(float32Tensor([1], [3])),
  fs: floats([1, 0.5]), is: ints([0, -1, 2 ** 40]), ss: { kind: 'strings', value: ['a', '', 'ü'] }, noInts: ints([]),
  ts: { kind: 'tensors', value: [int64Tensor([2], [1, 2])] },
}

const node = (attributes: ReadonlyMap<string, Attribute>): Node => ({ name: 'n', opType: 'Anything', domain: 'acme', inputs: ['x', '', 'h'], outputs: ['', 'z'], attributes, overload: 'v2', doc: 'why', metadata: new Map([['k', 'v']]) })

function withEverything(): Model {
  const sound = soundModel()
  const body = { ...sound.graph, name: 'body', nodes: [node(new Map())], inputs: [], outputs: [{ name: 'z' }], initializers: new Map() }
  const unheard = encoded((writer) => writer.text(1000, 'from the future'))
  const sequence = encoded((writer) => writer.bytes(fields.TypeProto.sequence_type, new Uint8Array()))
  return {
    ...sound, irVersion: 13, producerName: 'p', producerVersion: '1', domain: 'd', modelVersion: 2 ** 40, doc: 'doc', metadata: new Map([['a', 'b'], ['empty', '']]), extra: unheard,
    opsets: new Map([['', 21], ['acme', 3]]),
    functions: [{ name: 'F', domain: 'acme', overload: 'o', inputs: ['a'], outputs: ['b'], attributeNames: ['alpha'], attributeDefaults: new Map([['beta', float(2)]]), opsets: new Map([['', 21]]), doc: 'f', extra: unheard,
      nodes: [{ name: '', opType: 'Elu', domain: '', inputs: ['a'], outputs: ['b'], attributes: new Map([['alpha', { kind: 'reference', value: 'alpha', type: 1 }]]) }] }],
    graph: {
      ...sound.graph, doc: 'graph', metadata: new Map([['g', 'h']]), extra: unheard,
      nodes: [...sound.graph.nodes, node(new Map([...Object.entries(everyAttribute), ['g', { kind: 'graph', value: body }], ['gs', { kind: 'graphs', value: [body] }]]))],
      inputs: [{ name: 'x', doc: 'picture', metadata: new Map([['m', 'n']]), type: { kind: 'tensor', dataType: 'float32', shape: [1, 'width'], denotation: 'IMAGE', axisDenotations: ['', 'DATA_FEATURE'] } }, { name: 'unused', type: { kind: 'opaque', bytes: sequence } }, { name: 'ranked', type: { kind: 'tensor', dataType: 'float16', shape: [null, 0] } }, { name: 'scalar', type: { kind: 'tensor', dataType: 'int4', shape: [] } }],
      valueInfos: new Map([['h', { name: 'h', type: { kind: 'tensor', dataType: 'float32' } }]]),
      initializers: new Map([...sound.graph.initializers, ['words', { dataType: 'string', dims: [2], bytes: new Uint8Array(), strings: [new Uint8Array([0xff, 0]), new Uint8Array()] }], ['nibbles', { dataType: 'int4', dims: [3], bytes: Uint8Array.of(0x21, 0x03), doc: 'packed', extra: unheard }], ['nothing', float32Tensor([0], [])]]),
    },
  }
}

describe('a model with everything in it', () => {
  it('is equal to itself after writing and reading', () => {
    const model = readModel(writeModel(withEverything()))
    expect(model).toEqual(withEverything())
    expect(isDeepStrictEqual(readModel(writeModel(model)), model)).toBe(true)
  })
  it('saturates the sentinels of 64 bits', () => {
    const attributes = readModel(writeModel(withEverything())).graph.nodes.at(-1)?.attributes
    expect(attributes?.get('limit')).toEqual(int(-(2 ** 63)))
    expect(attributes?.get('end')).toEqual(int(2 ** 63))
  })
  it('keeps strings that are not text', () => {
    const bytes = encoded((writer) => { writer.text(fields.AttributeProto.name, 'blob'); writer.bytes(fields.AttributeProto.s, Uint8Array.of(0xff, 0xfe)); writer.integer(fields.AttributeProto.type, fields.AttributeProto_AttributeType.STRING) })
    const sound = soundModel()
    const model = { ...sound, graph: { ...sound.graph, nodes: [...sound.graph.nodes, node(new Map([['blob', { kind: 'opaque', bytes }]]))] } } satisfies Model
    expect(readModel(writeModel(model)).graph.nodes.at(-1)?.attributes.get('blob')).toEqual({ kind: 'opaque', bytes })
  })
  it('reads attributes of IR version 1, which do not say their type', () => {
    const body = encoded((writer) => { writer.text(fields.NodeProto.op_type, 'Elu'); writer.entry(fields.NodeProto.input, 'x'); writer.entry(fields.NodeProto.output, 'y'); writer.bytes(fields.NodeProto.attribute, encoded((attribute) => { attribute.text(fields.AttributeProto.name, 'alpha'); attribute.float(fields.AttributeProto.f, 2) })) })
    const sound = soundModel()
    const model = readModel(writeModel({ ...sound, irVersion: 1, opsets: new Map(), graph: { ...sound.graph, nodes: [], initializers: new Map(), extra: encoded((writer) => writer.bytes(fields.GraphProto.node, body)) } }))
    expect(model.graph.nodes[0]?.attributes.get('alpha')).toEqual(float(2))
  })
})

describe('weights', () => {
  it('are views into the file, not copies', () => {
    const bytes = writeModel(soundModel())
    expect(readModel(bytes).graph.initializers.get('w')?.bytes.buffer).toBe(bytes.buffer)
  })
})

it('fields.ts is what resources/onnx.proto generates', () => expect(readFileSync(target, 'utf8')).toBe(generateFields()))
