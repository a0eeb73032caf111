import { describe, expect, it } from 'vitest'
import { displayName, labelsOf, producerOf } from '#engine/onnx/metadata.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { runnableReason } from '#engine/onnx/runnable.ts'
import { soundModel } from '../../support/bad-inputs.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const withMetadata = (key: string, value: string) => ({ ...soundModel(), metadata: new Map([[key, value]]) })

describe('labelsOf', () => {
  const expected = ['cat', "the dog's", 'fish, small']
  const forms: Readonly<Record<string, readonly [string, string]>> = {
    'a JSON list': ['labels', JSON.stringify(expected)],
    'a JSON object by index': ['id2label', JSON.stringify({ 2: expected[2], 0: expected[0], 1: expected[1] })],
    'a JSON object by name': ['classes', JSON.stringify({ "the dog's": 1, cat: 0, 'fish, small': 2 })],
    'a Python dict': ['names', `{0: 'cat', 1: "the dog's", 2: 'fish, small'}`],
    'a Python list': ['class_names', `['cat', 'the dog\\'s', "fish, small"]`],
    'lines': ['Labels', `cat\r\nthe dog's\nfish, small\n`],
  }
  for (const [form, [key, value]] of Object.entries(forms)) it(`reads ${form}`, () => expect(labelsOf(withMetadata(key, value))).toEqual(expected))
  it('reads names between commas', () => expect(labelsOf(withMetadata('labels', 'cat, dog ,fish'))).toEqual(['cat', 'dog', 'fish']))
  it('takes no other metadata for labels', () => expect(labelsOf(withMetadata('author', 'a, b, c'))).toBeUndefined())
  it('takes no indices with gaps', () => expect(labelsOf(withMetadata('names', `{0: 'a', 5: 'b'}`))).toEqual(undefined))
})

describe('displayName', () => {
  it('prefers what the metadata says', () => expect(displayName(withMetadata('name', 'My net'), '/x/a.onnx')).toBe('My net'))
  it('then the file', () => expect(displayName(soundModel(), '/x/resnet18.v1.onnx')).toBe('resnet18.v1'))
  it('then the graph, where exporters do not name all alike', () => {
    const named = (name: string) => ({ ...soundModel(), graph: { ...soundModel().graph, name } })
    expect(displayName(named('SqueezeNet'))).toBe('SqueezeNet')
    for (const name of ['main_graph', 'torch-jit-export', 'tf2onnx', '']) expect(displayName(named(name))).toBe('Untitled model')
  })
})

it('producerOf joins name and version', () => {
  expect(producerOf({ ...soundModel(), producerName: 'pytorch', producerVersion: '1.13' })).toBe('pytorch 1.13')
  expect(producerOf({ ...soundModel(), producerName: '' })).toBeUndefined()
})

describe('runnableReason', () => {
  const at = (opset: number) => ({ ...soundModel(), opsets: new Map([['', opset]]) })
  it('says nothing of what runs', () => everySet(7, 26).forEach((opset) => expect(runnableReason(at(opset))).toBeUndefined()))
  it('names the operator sets that run', () => [1, 6, 27].forEach((opset) => expect(runnableReason(at(opset))).toMatch(new RegExp(`operator set ${opset}; onnxruntime runs 7 to 26`))))
  it('names operators that nobody has', () => {
    const sound = soundModel()
    const foreign = { ...sound, graph: { ...sound.graph, nodes: sound.graph.nodes.map((node) => ({ ...node, domain: 'acme' })) } }
    expect(runnableReason(foreign)).toMatch(/does not have: acme::MatMul, acme::Relu/)
    expect(runnableReason({ ...foreign, functions: ['MatMul', 'Relu'].map((name) => ({ name, domain: 'acme', inputs: [], outputs: [], attributeNames: [], attributeDefaults: new Map(), nodes: [], opsets: new Map() })) })).toBeUndefined()
  })
  it('names an IR version that is too new', () => expect(runnableReason({ ...soundModel(), irVersion: 14 })).toMatch(/IR version 14/))
})

const everySet = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describeWithTestdata('models made elsewhere', () => {
  it('mnist-cntk-onnxmodels can be looked at but not run', async () => {
    expect(runnableReason(await loadModel(testdata('models/mnist-cntk-onnxmodels.onnx')))).toMatch(/operator set 1;/)
  })
})
