import { describe, expect, it } from 'vitest'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget, webgpuTarget } from '#engine/autodiff/lowering/target.ts'
import type { Target } from '#engine/autodiff/target.ts'
import { attributesOf, int, ints } from '#engine/onnx/attributes.ts'
import type { Attribute, Graph, Model, Node, Tensor } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { floatTensor, type HostTensor } from '#engine/runtime/host-tensor.ts'
import { runModel } from '../../support/run-model.ts'

const node = (opType: string, inputs: string[], outputs: string[], attributes: Record<string, Attribute> = {}, domain = ''): Node => ({ name: `${opType}-${outputs[0]}`, opType, domain, inputs, outputs, attributes: attributesOf(attributes) })
const modelOf = (nodes: Node[], inputs: Record<string, number[]>, outputs: string[], initializers: Record<string, Tensor> = {}): Model => {
  const graph: Graph = {
    name: 'test', nodes, valueInfos: new Map(), initializers: new Map(Object.entries(initializers)),
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, type: { kind: 'tensor', dataType: 'float32', shape } })), outputs: outputs.map((name) => ({ name })),
  }
  return { irVersion: 8, opsets: new Map([['', 18], ['com.microsoft', 1]]), producerName: '', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [], graph }
}
const vector = (...values: number[]): HostTensor => floatTensor([values.length], Float32Array.from(values))

async function gradientsOf(model: Model, of: Target, wrt: string[], feeds: Record<string, HostTensor>, keep: string[] = []) {
  const result = differentiate(model, inferShapes(model), { of, wrt }, { target: cpuTarget, keep })
  const outputs = await runModel(result.model, feeds)
  const read = (name: string | undefined): number[] => Array.from(outputs[name ?? '']?.data as Float32Array)
  return { ...result, values: outputs, value: read(result.value)[0], of: (name: string) => read(result.gradients.get(name)) }
}

describe('differentiate', () => {
  // y = x * exp(x) + x: the value x is read three times.
  const shared = modelOf([node('Exp', ['x'], ['e']), node('Mul', ['x', 'e'], ['m']), node('Add', ['m', 'x'], ['y'])], { x: [3] }, ['y'])

  it('adds the gradients that meet at a value', async () => {
    const x = [0.5, -1, 2]
    const { of, value } = await gradientsOf(shared, { kind: 'sum', tensor: 'y' }, ['x'], { x: vector(...x) })
    for (const [index, at] of x.entries()) expect(of('x')[index]).toBeCloseTo(Math.exp(at) * (1 + at) + 1, 4)
    expect(value).toBeCloseTo(x.reduce((sum, at) => sum + at * Math.exp(at) + at, 0), 4)
  })

  it('gives the gradient of an intermediate value, and of values before and after it at once', async () => {
    const { of } = await gradientsOf(shared, { kind: 'sum', tensor: 'y' }, ['x', 'e', 'm'], { x: vector(0.5, -1, 2) })
    expect(of('m')).toEqual([1, 1, 1])
    expect(of('e')).toEqual([0.5, -1, 2])
    expect(of('x')[0]).toBeCloseTo(Math.exp(0.5) * 1.5 + 1, 5)
  })

  it('computes only what was asked for', () => {
    const model = modelOf([node('Exp', ['x'], ['a']), node('Sin', ['x'], ['unused']), node('Neg', ['a'], ['y'])], { x: [3] }, ['y', 'unused'])
    const { model: result } = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget })
    expect(result.graph.nodes.map((each) => each.opType)).not.toContain('Sin')
    expect(result.graph.outputs).toHaveLength(2)
  })

  it('holds nothing of the size of a map that does not depend on the picture', () => {
    const dims = [1, 16, 64, 64]
    const model = modelOf([node('MaxPool', ['x'], ['y'], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) })], { x: dims }, ['y'])
    const { model: { graph } } = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: { ...cpuTarget, blockedLayout: true } })
    // What a runtime may compute ahead and keep as a weight: everything that no input reaches.
    const computed = new Set(['x'])
    for (const { inputs, outputs } of graph.nodes) if (inputs.some((name) => computed.has(name))) for (const output of outputs) computed.add(output)
    const facts = inferShapes({ ...modelOf([], {}, []), opsets: model.opsets, graph })
    const ahead = [...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)].filter((name) => !computed.has(name))
    const sizes = ahead.map((name) => (graph.initializers.get(name)?.dims ?? facts.get(name)?.shape ?? []).reduce<number>((product, dim) => product * Number(dim), 1))
    expect(ahead.length).toBeGreaterThan(0)
    expect(Math.max(...sizes)).toBeLessThan(16 * 64 * 64 / 2)
  })

  it('returns kept forward values beside the gradients', async () => {
    const { values } = await gradientsOf(shared, { kind: 'sum', tensor: 'y' }, ['x'], { x: vector(0, 1, 2) }, ['e'])
    expect(values['e']?.data[0]).toBeCloseTo(1)
  })

  it('sums a gradient over the axes along which a value was broadcast', async () => {
    const model = modelOf([node('Mul', ['x', 'w'], ['y'])], { x: [2, 3], w: [3] }, ['y'])
    const { of } = await gradientsOf(model, { kind: 'sum', tensor: 'y' }, ['w'], { x: floatTensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), w: vector(1, 1, 1) })
    expect(of('w')).toEqual([5, 7, 9])
  })

  it('gives zeros, and says so, for a value that the target does not depend on', async () => {
    const model = modelOf([node('Exp', ['x'], ['y']), node('Sin', ['z'], ['s'])], { x: [2], z: [2] }, ['y', 's'])
    const { of, unreached } = await gradientsOf(model, { kind: 'sum', tensor: 'y' }, ['x', 'z'], { x: vector(0, 1), z: vector(3, 4) })
    expect(of('z')).toEqual([0, 0])
    expect(unreached).toEqual(['z'])
  })

  it('stops at an operator declared non-differentiable', async () => {
    const model = modelOf([node('Greater', ['x', 'zero'], ['g']), node('Cast', ['g'], ['f'], { to: int(1) }), node('Mul', ['f', 'x'], ['y'])], { x: [2] }, ['y'], { zero: float32Tensor([], [0]) })
    const { of } = await gradientsOf(model, { kind: 'sum', tensor: 'y' }, ['x'], { x: vector(-3, 3) })
    expect(of('x')).toEqual([0, 1])
  })

  it('refuses a node without a rule only where the gradient has to pass it', () => {
    const nodes = [node('Exp', ['x'], ['a']), node('Mystery', ['a'], ['b'], {}, 'com.example'), node('Neg', ['b'], ['y']), node('Sin', ['a'], ['z'])]
    const model = modelOf(nodes, { x: [2] }, ['y', 'z'])
    const facts = new Map([...inferShapes(model), ['b', { dataType: 'float32', shape: [2] }], ['y', { dataType: 'float32', shape: [2] }]] as const)
    const gradient = (tensor: string, wrt: string) => () => differentiate(model, facts, { of: { kind: 'sum', tensor }, wrt: [wrt] }, { target: cpuTarget })
    expect(gradient('y', 'x')).toThrow(/'y' with respect to 'x' has to pass Mystery \(node 'Mystery-b', domain com.example, operator set 18\)/)
    expect(gradient('z', 'x')).not.toThrow()
    expect(gradient('y', 'b')).not.toThrow()
  })

  it('refuses quantized operators with what to do instead', () => {
    const model = modelOf([node('Exp', ['x'], ['a']), node('QuantizeLinear', ['a', 's'], ['q']), node('DequantizeLinear', ['q', 's'], ['y'])], { x: [2] }, ['y'], { s: float32Tensor([], [0.1]) })
    expect(() => differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget })).toThrow(/float32 original/)
  })

  it('refuses a gradient that reaches integers which a quantized operator made', () => {
    const model = modelOf([node('QuantizeLinear', ['x', 's'], ['q']), node('Cast', ['q'], ['f'], { to: int(1) }), node('Mul', ['f', 's'], ['y'])], { x: [2] }, ['y'], { s: float32Tensor([], [0.1]) })
    expect(() => differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget })).toThrow(/QuantizeLinear \(node 'QuantizeLinear-q'.*float32 original/)
  })

  it('names a value that the model does not have', () => {
    expect(() => differentiate(shared, inferShapes(shared), { of: { kind: 'sum', tensor: 'q' }, wrt: ['x'] }, { target: cpuTarget })).toThrow(/no value named 'q'/)
  })

  it('differentiates a gradient graph again', async () => {
    const once = differentiate(shared, inferShapes(shared), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget })
    const gradient = once.gradients.get('x') ?? ''
    const { of } = await gradientsOf(once.model, { kind: 'sum', tensor: gradient }, ['x'], { x: vector(0.5, -1, 2) })
    for (const [index, at] of [0.5, -1, 2].entries()) expect(of('x')[index]).toBeCloseTo(Math.exp(at) * (2 + at), 4)
  })
})

describe('a max pool with ties', () => {
  const pool = (kernel: number[], strides: number[]) => modelOf([node('MaxPool', ['x'], ['y'], { kernel_shape: ints(kernel), strides: ints(strides) })], { x: [1, 1, 4, 4] }, ['y'])
  const flat = floatTensor([1, 1, 4, 4], new Float32Array(16).fill(0.5))

  it.each([[[2, 2], [2, 2], [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]], [[3, 3], [1, 1], [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]] as const)('gives the gradient to the first of them (kernel %j)', async (kernel, strides, expected) => {
    for (const target of [cpuTarget, webgpuTarget]) {
      const model = pool([...kernel], [...strides])
      const result = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target })
      const outputs = await runModel(result.model, { x: flat })
      expect(Array.from(outputs[result.gradients.get('x') ?? '']?.data as Float32Array)).toEqual(expected)
    }
  })

  // Every channel of a block is flat at another height, zero and below included: padding must never win, nor tie.
  it.each([1, 16])('gives it to the first of them within the border as well (%i channels)', async (channels) => {
    const model = modelOf([node('MaxPool', ['x'], ['y'], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) })], { x: [1, channels, 4, 4] }, ['y'])
    const flat = floatTensor([1, channels, 4, 4], Float32Array.from({ length: 16 * channels }, (_, index) => Math.floor(index / 16) / 4 - 2))
    for (const target of [cpuTarget, webgpuTarget]) {
      const result = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target })
      const outputs = await runModel(result.model, { x: flat })
      const expected = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      expect(Array.from(outputs[result.gradients.get('x') ?? '']?.data as Float32Array)).toEqual(Array.from({ length: channels }, () => expected).flat())
    }
  })
})

describe('a target', () => {
  const logits = modelOf([node('Neg', ['x'], ['z']), node('Softmax', ['z'], ['p'])], { x: [2, 3] }, ['p'])
  const feeds = { x: floatTensor([2, 3], Float32Array.of(1, 2, 3, -400, 5, 600)) }

  it('is one unit of every sample', async () => {
    const { of, value } = await gradientsOf(logits, { kind: 'unit', tensor: 'z', index: [1] }, ['x'], feeds)
    expect(of('x').map(Math.abs)).toEqual([0, 1, 0, 0, 1, 0])
    expect(value).toBe(-7)
  })

  it('is the difference of two classes', async () => {
    const { of, value } = await gradientsOf(logits, { kind: 'difference', tensor: 'z', index: [0], against: [2] }, ['x'], feeds)
    expect(of('x').map((each) => each + 0)).toEqual([-1, 0, 1, -1, 0, 1])
    expect(value).toBeCloseTo(1002)
  })

  it('is the product with a seed that is fed', async () => {
    const { of, value } = await gradientsOf(logits, { kind: 'seed', tensor: 'z' }, ['x'], { ...feeds, 'z/seed': floatTensor([2, 3], Float32Array.of(0, 2, 0, 0, 0, 1)) })
    expect(of('x').map((each) => each + 0)).toEqual([0, -2, 0, 0, 0, -1])
    expect(value).toBe(-604)
  })

  it('is a weighted sum of others', async () => {
    const of: Target = { kind: 'combination', terms: [{ weight: 2, target: { kind: 'unit', tensor: 'z', index: [0] } }, { weight: -1, target: { kind: 'sum', tensor: 'z' } }] }
    const result = await gradientsOf(logits, of, ['x'], feeds)
    expect(result.of('x')).toEqual([-1, 1, 1, -1, 1, 1])
  })

  it('is a cross-entropy that stays finite for large logits and is taken before the Softmax', async () => {
    const { of, value, notes } = await gradientsOf(logits, { kind: 'cross-entropy', tensor: 'p', labels: [2, 0] }, ['x'], feeds)
    // Sample 0: -log softmax(-1, -2, -3)[2]; sample 1: logits (400, -5, -600), label 0, loss 0.
    const total = Math.exp(-1) + Math.exp(-2) + Math.exp(-3)
    expect(value).toBeCloseTo(3 + Math.log(total), 5)
    expect(of('x')[0]).toBeCloseTo(-Math.exp(-1) / total, 5)
    expect(of('x')[2]).toBeCloseTo(1 - Math.exp(-3) / total, 5)
    expect(of('x').slice(3).every((each) => Math.abs(each) < 1e-6)).toBe(true)
    expect(notes[0]).toMatch(/logits 'z'/)
  })

  it('is a mean cross-entropy against a distribution that is fed', async () => {
    const soft = floatTensor([2, 3], Float32Array.of(0.2, 0.3, 0.5, 1, 0, 0))
    const { of } = await gradientsOf(logits, { kind: 'cross-entropy', tensor: 'z', labels: { input: 'labels' }, reduction: 'mean' }, ['x'], { ...feeds, labels: soft })
    const total = Math.exp(-1) + Math.exp(-2) + Math.exp(-3)
    expect(of('x')[1]).toBeCloseTo(-(Math.exp(-2) / total - 0.3) / 2, 5)
  })

  it('that holds integers is refused', () => {
    const model = modelOf([node('Cast', ['x'], ['y'], { to: int(2) })], { x: [2] }, ['y'])
    expect(() => differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget })).toThrow(/'y' holds uint8 numbers/)
  })

  it('that does not exist is refused with the shape there is', () => {
    expect(() => differentiate(logits, inferShapes(logits), { of: { kind: 'unit', tensor: 'z', index: [3] }, wrt: ['x'] }, { target: cpuTarget })).toThrow(/shape \[2, 3\]/)
  })
})
