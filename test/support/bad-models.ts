/** Files that must not open, each with what the one-line error has to say; and odd ones that must. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { strToU8, zipSync } from 'fflate'
import { float, ints, string, tensor } from '#engine/onnx/attributes.ts'
import type { Model, Node, Tensor } from '#engine/onnx/model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { encodeTensor } from '#engine/onnx/proto/tensor.ts'
import { MessageWriter } from '#engine/onnx/proto/message-writer.ts'
import { graphModel } from './graph-model.ts'

export interface BadInput {
  readonly name: string
  /** Writes the file into an empty folder and returns its path. */
  readonly make: (folder: string) => Promise<string>
  readonly expect: RegExp
}

/** y = Relu(x w), the model that everything below damages. */
export function soundModel(): Model {
  return graphModel({
    inputs: { x: [1, 4] }, outputs: { y: [1, 3] }, opset: 13,
    constants: { w: float32Tensor([4, 3], Array.from({ length: 12 }, (_, index) => index / 10 - 0.5)) },
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] }, { op: 'Relu', inputs: ['h'], outputs: ['y'] }],
  })
}

type Bytes = Uint8Array | string
const file = (name: string, bytes: Bytes | (() => Bytes), expect: RegExp, fileName = 'model.onnx'): BadInput => ({
  name, expect,
  make: async (folder) => {
    const path = join(folder, fileName)
    await writeFile(path, typeof bytes === 'function' ? bytes() : bytes)
    return path
  },
})
const model = (name: string, change: (sound: Model) => Model, expect: RegExp): BadInput => file(name, () => writeModel(change(soundModel())), expect)
const graph = (name: string, change: (sound: Model['graph']) => Partial<Model['graph']>, expect: RegExp): BadInput =>
  model(name, (sound) => ({ ...sound, graph: { ...sound.graph, ...change(sound.graph) } }), expect)
const weight = (name: string, change: (sound: Tensor) => Partial<Tensor>, expect: RegExp): BadInput =>
  graph(name, ({ initializers }) => ({ initializers: new Map([...initializers].map(([key, value]) => [key, { ...value, ...change(value) }])) }), expect)
const external = (name: string, location: string, expect: RegExp, prepare?: (folder: string) => Promise<void>): BadInput => ({
  name, expect,
  make: async (folder) => {
    await mkdir(join(folder, 'inside'), { recursive: true })
    await prepare?.(folder)
    const sound = soundModel()
    const path = join(folder, 'inside', 'model.onnx')
    const initializers = new Map([['w', { ...float32Tensor([4, 3], []), bytes: new Uint8Array(), external: { location, offset: 0, length: 48 } }]])
    await writeFile(path, writeModel({ ...sound, graph: { ...sound.graph, initializers } }))
    return path
  },
})

const node = (op: string, inputs: readonly string[], outputs: readonly string[]): Node => ({ name: outputs[0] ?? op, opType: op, domain: '', inputs, outputs, attributes: new Map() })

/** One field of a message: tag, length, bytes. */
function message(field: number, body: Uint8Array): Uint8Array {
  const writer = new MessageWriter()
  writer.bytes(field, body)
  return Buffer.concat(writer.chunks())
}

/** A graph whose initializer 'w' is encoded as given. */
function withRawInitializer(body: Uint8Array): Uint8Array {
  const sound = soundModel()
  return writeModel({ ...sound, graph: { ...sound.graph, initializers: new Map(), extra: message(5, body) } })
}

/** A graph nested in an attribute of a node of a graph, `depth` times. */
function nested(depth: number): Uint8Array {
  let body: Uint8Array = new Uint8Array()
  for (let level = 0; level < depth; level++) body = message(1, message(5, message(6, body)))
  return Buffer.concat([Uint8Array.of(8, 8), message(7, body)])
}

export const badModels: readonly BadInput[] = [
  { name: 'a missing file', make: (folder) => Promise.resolve(join(folder, 'absent.onnx')), expect: /no such file/i },
  { name: 'a folder', make: (folder) => Promise.resolve(folder), expect: /a folder, not an ONNX model/ },
  { name: 'a path through a file', make: async (folder) => { await writeFile(join(folder, 'a'), 'a'); return join(folder, 'a', 'model.onnx') }, expect: /no such file/i },
  { name: 'a link to itself', make: async (folder) => { await symlink('loop.onnx', join(folder, 'loop.onnx')); return join(folder, 'loop.onnx') }, expect: /leads back to itself/ },
  { name: 'a path that is too long', make: (folder) => Promise.resolve(join(folder, `${'long'.repeat(100)}.onnx`)), expect: /too long/ },
  { name: 'a device', make: () => Promise.resolve('/dev/zero'), expect: /device or a pipe/ },
  file('an empty file', '', /empty \(0 bytes\)/),
  file('zero bytes only', new Uint8Array(5000), /nothing but zero bytes/),
  file('a PNG picture', Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64'), /PNG picture, not an ONNX model/),
  file('a JPEG picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0), /JPEG picture/),
  file('a GIF picture', 'GIF89a\u0001\u0000\u0001\u0000', /GIF picture/),
  file('a WebP picture', 'RIFF\u0010\u0000\u0000\u0000WEBPVP8 ', /WebP picture/),
  file('a zip archive', () => zipSync({ 'readme.txt': strToU8('hello') }), /zip archive.*unpack/),
  file('a PyTorch checkpoint', () => zipSync({ 'archive/data.pkl': strToU8('x'), 'archive/version': strToU8('3') }), /PyTorch checkpoint.*export/),
  file('an old PyTorch checkpoint', Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46), /pickle.*export/),
  file('a Keras model', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), /Keras model.*export/),
  file('a TensorFlow Lite model', Buffer.from([0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33, 0x14, 0]), /TensorFlow Lite model/),
  file('a TensorFlow graph', Buffer.concat([message(1, message(1, Buffer.from('Placeholder'))), message(4, Uint8Array.of(8, 27))]), /not an ONNX model/),
  file('a Core ML model', Buffer.concat([Uint8Array.of(8, 4), message(2, message(1, message(1, Buffer.from('image')))), message(500, Uint8Array.of(8, 1))]), /no graph.*not an ONNX model/),
  file('a gzipped model', () => gzipSync(writeModel(soundModel())), /gzip archive.*unpack/),
  file('a safetensors file', () => Buffer.concat([Uint8Array.of(60, 0, 0, 0, 0, 0, 0, 0), Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}      '), new Uint8Array(4)]), /safetensors.*no graph/),
  file('a NumPy array', Buffer.from('\u0093NUMPY\u0001\u0000v\u0000', 'latin1'), /NumPy array/),
  file('a web page', '<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n', /HTML page.*raw file/),
  file('a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n', /Git LFS pointer.*git lfs pull/),
  file('a model in text form', 'ir_version: 8\ngraph {\n  node { op_type: "Relu" }\n}\n', /text form.*binary/),
  file('a JSON document', '{"modelTopology": {"node": []}}', /JSON document/),
  file('a text file', 'this is a shopping list\nmilk\n', /text file/),
  file('random bytes', () => Uint8Array.from({ length: 2000 }, (_, index) => (index * 7919 + 131) % 251), /damaged|not an ONNX model/),
  file('half a model', () => writeModel(soundModel()).subarray(0, 90), /truncated|damaged/),
  file('a model without its last byte', () => writeModel(soundModel()).subarray(0, -1), /truncated|damaged/),
  file('a model that says it holds 2 GB of graph', Buffer.concat([Uint8Array.of(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x07), new Uint8Array(1000)]), /truncated/),
  file('a tensor that claims 2 GB in a 1 KB file', () => withRawInitializer(Buffer.concat([Uint8Array.of(8, 0x80, 0x80, 0x80, 0x80, 2, 0x10, 1, 0x42, 1, 0x77), message(9, new Uint8Array(1000))])), /'w' should hold 2147483648 bytes.*has 1000/),
  file('a tensor of 2^80 elements', () => withRawInitializer(Buffer.concat([...Array.from({ length: 5 }, () => Uint8Array.of(8, 0x80, 0x80, 4)), Uint8Array.of(0x10, 1, 0x42, 1, 0x77)])), /impossible shape/),
  file('a tensor of negative extent', () => withRawInitializer(Buffer.concat([Uint8Array.of(8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), Uint8Array.of(0x10, 1, 0x42, 1, 0x77)])), /impossible shape/),
  file('graphs nested a thousand deep', () => nested(1000), /nested more than/),
  file('two initializers of one name', () => {
    const sound = soundModel()
    const again = encodeTensor('w', float32Tensor([1], [1])).chunks()
    return writeModel({ ...sound, graph: { ...sound.graph, extra: message(5, Buffer.concat(again)) } })
  }, /Two initializers are named 'w'/),
  file('an initializer without a name', () => withRawInitializer(Buffer.concat(encodeTensor('', float32Tensor([1], [1])).chunks())), /has no name/),
  model('no IR version', (sound) => ({ ...sound, irVersion: 0 }), /names no ONNX IR version/),
  graph('an empty graph', () => ({ nodes: [], outputs: [], inputs: [], initializers: new Map() }), /graph is empty/),
  graph('a graph without outputs', () => ({ outputs: [] }), /declares no outputs/),
  graph('an output that nothing computes', () => ({ outputs: [{ name: 'z' }] }), /Output 'z'.*computed by no node/),
  graph('a cycle', () => ({ nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])] }), /cycle.*'a' \(Add\).*'b' \(Relu\)|cycle.*'b' \(Relu\).*'a' \(Add\)/),
  graph('a node that reads itself', () => ({ nodes: [node('Relu', ['y'], ['y'])] }), /cycle/),
  graph('a missing initializer', () => ({ initializers: new Map() }), /reads 'w'.*missing from the file/),
  graph('a name with line breaks', ({ nodes }) => ({ nodes: nodes.map((entry) => ({ ...entry, name: `a\nb\r\n${'c'.repeat(5000)}` })), initializers: new Map() }), /reads 'w'|Node 'a b c/),
  graph('a missing node', ({ nodes }) => ({ nodes: nodes.slice(1) }), /reads 'h'.*missing/),
  graph('two values of one name', ({ nodes }) => ({ nodes: [...nodes, node('Tanh', ['x'], ['h'])] }), /'h' is defined twice/),
  graph('two inputs of one name', ({ inputs }) => ({ inputs: [...inputs, ...inputs] }), /'x' is defined twice/),
  graph('a node without an operator', ({ nodes }) => ({ nodes: nodes.map((entry) => ({ ...entry, opType: '' })) }), /names no operator/),
  weight('weights that are too short', ({ bytes }) => ({ bytes: bytes.subarray(4) }), /'w' should hold 48 bytes.*has 44/),
  weight('weights of another element type', () => ({ dataType: 'float64' }), /'w' should hold 96 bytes.*has 48/),
  weight('weights without an element type', () => ({ dataType: 'undefined' }), /no element type/),
  weight('weights that were left out', () => ({ bytes: new Uint8Array() }), /has 0: .*left out/),
  graph('a constant of the wrong size', ({ nodes }) => ({ nodes: [...nodes, { ...node('Constant', [], ['c']), attributes: new Map([['value', tensor({ ...float32Tensor([2], [1, 2]), dims: [3] })]]) }] }), /Attribute 'value'.*12 bytes.*has 8/),
  file('an element type that does not exist', () => withRawInitializer(Uint8Array.of(0x10, 99, 0x42, 1, 0x77)), /Element type 99/),
  external('external data that is not there', 'weights.bin', /second file, 'weights\.bin'/),
  external('external data that is too short', 'weights.bin', /too short.*48.*has 10/, (folder) => writeFile(join(folder, 'inside', 'weights.bin'), new Uint8Array(10))),
  external('external data above the folder', '../weights.bin', /outside the model's own folder/, (folder) => writeFile(join(folder, 'weights.bin'), new Uint8Array(48))),
  external('external data at an absolute path', '/etc/hostname', /outside the model's own folder/),
  external('external data through a link out of the folder', 'weights.bin', /a link to.*outside/, async (folder) => {
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(48))
    await symlink(join(folder, 'weights.bin'), join(folder, 'inside', 'weights.bin'))
  }),
  external('external data in a folder', 'data', /not a file/, async (folder) => { await mkdir(join(folder, 'inside', 'data')) }),
]

export interface OddInput {
  readonly name: string
  readonly make: (folder: string) => Promise<string>
}

const odd = (name: string, change: (sound: Model) => Model, fileName = 'model.onnx'): OddInput => ({
  name,
  make: async (folder) => {
    const path = join(folder, fileName)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, writeModel(change(soundModel())))
    return path
  },
})

/** What looks wrong and opens all the same. */
export const oddModels: readonly OddInput[] = [
  odd('NaN weights', (sound) => ({ ...sound, graph: { ...sound.graph, initializers: new Map([['w', float32Tensor([4, 3], Array<number>(12).fill(NaN))]]) } })),
  odd('an extent of zero', (sound) => ({ ...sound, graph: { ...sound.graph, inputs: [{ name: 'x', type: { kind: 'tensor', dataType: 'float32', shape: [0, 4] } }], outputs: [{ name: 'y' }] } })),
  odd('nodes in the wrong order', (sound) => ({ ...sound, graph: { ...sound.graph, nodes: sound.graph.nodes.toReversed() } })),
  odd('names in several scripts', (sound) => ({ ...sound, graph: { ...sound.graph, name: 'модель 模型 🐈' } }), 'модель 模型 🐈.onnx'),
  odd('a long path', (sound) => sound, join(...Array<string>(6).fill('a folder with a rather long name indeed '.repeat(5).trim()), 'model.onnx')),
  odd('no ending in the name', (sound) => sound, 'model'),
  odd('an operator of an unknown domain', (sound) => ({ ...sound, opsets: new Map([...sound.opsets, ['acme', 1]]), graph: { ...sound.graph, nodes: [...sound.graph.nodes, { ...node('Flux', ['h'], ['f']), domain: 'acme', attributes: new Map([['gain', float(2)], ['steps', ints([1, 2])], ['mode', string('')]]) }] } })),
  odd('operator set 1', (sound) => ({ ...sound, irVersion: 3, opsets: new Map([['', 1]]) })),
  odd('a graph whose initializers are listed among its inputs', (sound) => ({ ...sound, irVersion: 3, graph: { ...sound.graph, inputs: [...sound.graph.inputs, { name: 'w', type: { kind: 'tensor', dataType: 'float32', shape: [4, 3] } }] } })),
]
