import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openNetwork } from '#engine/network/open-network.ts'
import type { NetworkOptions } from '#engine/network/open-network.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import type { Model } from '#engine/onnx/model.ts'
import { int, ints } from '#engine/onnx/attributes.ts'
import { float32Tensor, int64Tensor, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { createRandom } from '#engine/lib/random.ts'
import { displayOf, modelPath, pictureOf, referenceCases, relativeError } from '../../support/attribution-fixtures.ts'
import { graphModel } from '../../support/graph-model.ts'

/** Two ways of computing the same in float32. */
const tolerance = 1e-5

function random(dims: readonly number[], seed: number, low = -1, high = 1): FloatTensor {
  const draw = createRandom(seed)
  return floatTensor(dims, Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => draw.uniform(low, high)))
}
const tensor = (dims: readonly number[], seed: number) => float32Tensor(dims, random(dims, seed).data)

/** conv 3x3, tanh, flatten by a Reshape whose batch of 1 is frozen, dense, Softmax; as exporters write it. */
const frozen = (reshape: readonly number[] = [1, -1], batch: number | string = 1): Model => graphModel({
  inputs: { x: [batch, 2, 6, 6] },
  nodes: [
    { op: 'Conv', inputs: ['x', 'w', 'b'], outputs: ['conv'], attributes: { pads: ints([1, 1, 1, 1]) } },
    { op: 'Tanh', inputs: ['conv'], outputs: ['act'] },
    { op: 'Reshape', inputs: ['act', 'shape'], outputs: ['flat'] },
    { op: 'Gemm', inputs: ['flat', 'dense', 'bias'], outputs: ['logits'], attributes: { transB: int(1) } },
    { op: 'Softmax', inputs: ['logits'], outputs: ['prob'], attributes: { axis: int(1) } },
  ],
  outputs: { prob: [batch, 3] },
  constants: { w: tensor([4, 2, 3, 3], 1), b: tensor([4], 2), shape: int64Tensor([reshape.length], reshape), dense: tensor([3, 144], 3), bias: tensor([3], 4) },
})

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
const opened: Network[] = []
afterEach(async () => { await Promise.all(opened.splice(0).map((network) => network.dispose())) })
afterAll(() => runtime.dispose())
async function open(source: string | Model, options: Partial<NetworkOptions> = {}): Promise<Network> {
  const network = await openNetwork(source, { runtime, ...options })
  opened.push(network)
  return network
}

const one = (network: Network, x: FloatTensor, seed = floatTensor([1, 3], Float32Array.of(0, 1, 0)), wrt = ['x', 'act', 'w']) => network.gradient({ of: 'logits', seed, wrt, inputs: { x }, fetches: ['prob', 'act'] })

describe('an opened network', () => {
  it('computes any of its values, inputs and constants included', async () => {
    const network = await open(frozen())
    const x = random([1, 2, 6, 6], 7)
    const values = await network.forward({ x }, ['prob', 'act', 'x', 'w'])
    expect(values['act']!.dims).toEqual([1, 4, 6, 6])
    expect((values['prob']!.data as Float32Array).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    expect(values['x']!.data).toEqual(x.data)
    expect(values['w']!.dims).toEqual([4, 2, 3, 3])
    await expect(network.forward({ x }, ['nothing'])).rejects.toMatchObject({ code: 'tensor-missing' })
    await expect(network.forward({}, ['prob'])).rejects.toMatchObject({ code: 'input-required' })
    await expect(network.forward({ x: random([1, 2, 5, 6], 7) }, ['prob'])).rejects.toMatchObject({ code: 'shape-mismatch' })
  })

  it('gives gradients with respect to input, inner value and weight that central differences confirm', async () => {
    const network = await open(frozen())
    const x = random([1, 2, 6, 6], 7)
    const { gradients, values } = await one(network, x)
    expect(gradients['w']!.dims).toEqual([4, 2, 3, 3])
    expect(values['act']!.dims).toEqual([1, 4, 6, 6])
    // Along the gradient the change is largest, and float32 noise smallest against it.
    const direction = gradients['x']!
    const step = 1e-3
    const at = async (sign: number): Promise<number> => Number((await network.forward({ x: floatTensor(x.dims, x.data.map((value, index) => value + sign * step * direction.data[index]!)) }, ['logits']))['logits']!.data[1])
    const numeric = (await at(1) - await at(-1)) / (2 * step)
    const exact = direction.data.reduce((sum, value) => sum + value * value, 0)
    expect(exact / numeric).toBeCloseTo(1, 2)
  })

  it('builds one backward session for every class', async () => {
    const counting = countingRuntime(runtime)
    const network = await open(frozen(), { runtime: counting.runtime })
    const x = random([1, 2, 6, 6], 7)
    for (const index of [0, 1, 2, 1]) await one(network, x, floatTensor([1, 3], Float32Array.from([0, 1, 2], (at) => (at === index ? 1 : 0))))
    expect(counting.built).toBe(1)
    await one(network, x, undefined, ['x'])
    expect(counting.built).toBe(2)
  })

  it.each([['a frozen batch of one', frozen()], ['a symbolic batch', frozen([0, -1], 'n')], ['a flattening of the file', frozen([1, 144])]])('runs several pictures at once with %s, and each as if alone', async (_, model) => {
    const network = await open(model)
    expect(network.batches).toBe(true)
    const batch = random([3, 2, 6, 6], 9)
    const seed = random([3, 3], 10)
    const together = await one(network, batch, seed)
    const alone = await Promise.all([0, 1, 2].map((index) => one(network, floatTensor([1, 2, 6, 6], batch.data.slice(index * 72, index * 72 + 72)), floatTensor([1, 3], seed.data.slice(index * 3, index * 3 + 3)))))
    expect(together.gradients['x']!.dims).toEqual([3, 2, 6, 6])
    for (const [index, part] of alone.entries()) {
      expect(relativeError(together.gradients['x']!.data.subarray(index * 72, index * 72 + 72), part.gradients['x']!.data)).toBeLessThan(tolerance)
      expect(relativeError((together.values['prob']!.data as Float32Array).subarray(index * 3, index * 3 + 3), part.values['prob']!.data as Float32Array)).toBeLessThan(tolerance)
    }
    const sum = alone.reduce((total, part) => total.map((value, index) => value + part.gradients['w']!.data[index]!), new Float32Array(72))
    expect(relativeError(together.gradients['w']!.data, sum)).toBeLessThan(tolerance)
  })

  it('runs pictures one by one where the graph mixes them, with the same results', async () => {
    // The flattening loses the batch: two pictures would become one long row.
    const mixing = frozen([-1])
    const model: Model = { ...mixing, graph: { ...mixing.graph, nodes: mixing.graph.nodes.flatMap((node) => (node.opType === 'Gemm' ? [{ ...node, name: 'row', opType: 'Reshape', inputs: ['flat', 'rowShape'], outputs: ['row'], attributes: new Map() }, { ...node, inputs: ['row', 'dense', 'bias'] }] : [node])), initializers: new Map([...mixing.graph.initializers, ['rowShape', int64Tensor([2], [-1, 144])]]) } }
    const network = await open(model)
    const reference = await open(frozen())
    const batch = random([2, 2, 6, 6], 9)
    const seed = random([2, 3], 10)
    const [got, expected] = [await one(network, batch, seed), await one(reference, batch, seed)]
    for (const name of ['x', 'act', 'w']) {
      expect(got.gradients[name]!.dims, name).toEqual(expected.gradients[name]!.dims)
      expect(relativeError(got.gradients[name]!.data, expected.gradients[name]!.data), name).toBeLessThan(tolerance)
    }
    const values = await network.forward({ x: batch }, ['prob'])
    expect(values['prob']!.dims).toEqual([2, 3])
  })

  it('does not batch what one picture alone defines', async () => {
    // Normalised over axis 0 once the batch axis is gone: a second picture would change the first.
    const model = graphModel({
      inputs: { x: [1, 4] },
      nodes: [{ op: 'Squeeze', inputs: ['x', 'axis'], outputs: ['row'] }, { op: 'Softmax', inputs: ['row'], outputs: ['y'], attributes: { axis: int(0) } }],
      outputs: { y: [4] }, constants: { axis: int64Tensor([1], [0]) },
    })
    const network = await open(model)
    expect(network.batches).toBe(false)
    expect(await network.batchFor(50)).toBe(1)
  })

  it('chooses equal batches', async () => {
    const network = await open(frozen())
    expect(await Promise.all([1, 7, 16, 50, 53].map((samples) => network.batchFor(samples)))).toEqual([1, 7, 16, 10, 16])
  })

  it('computes float16 files in float32, and takes float16 inputs', async () => {
    const half = (dims: readonly number[], values: readonly number[]) => tensorOfNumbers('float16', dims, values)
    const model = graphModel({
      inputs: { x: [1, 3] }, inputTypes: { x: 'float16' },
      nodes: [{ op: 'Mul', inputs: ['x', 'k'], outputs: ['y'] }], outputs: { y: undefined }, constants: { k: half([1, 3], [1, 2, 3]) },
    })
    const network = await open(model)
    const { y } = await network.forward({ x: floatTensor([1, 3], Float32Array.of(1, 1, 2)) }, ['y'])
    expect([...y!.data]).toEqual([1, 2, 6])
    const { gradients } = await network.gradient({ of: 'y', seed: floatTensor([1, 3], Float32Array.of(1, 1, 1)), wrt: ['x'], inputs: { x: floatTensor([1, 3], new Float32Array(3)) } })
    expect([...gradients['x']!.data]).toEqual([1, 2, 3])
  })

  it('passes gradients to the picture of a model that takes bytes and casts them', async () => {
    const model = graphModel({
      inputs: { image: [1, 2, 2, 3] }, inputTypes: { image: 'uint8' },
      nodes: [{ op: 'Cast', inputs: ['image'], outputs: ['float'], attributes: { to: int(1) } }, { op: 'Mul', inputs: ['float', 'k'], outputs: ['y'] }],
      outputs: { y: undefined }, constants: { k: float32Tensor([], [2]) },
    })
    const network = await open(model)
    const display = { preprocessing: { input: 'image', layout: 'NHWC', channels: 'RGB', scale: 255, mean: [0, 0, 0], std: [1, 1, 1], invert: false, height: 2, width: 2, fit: 'stretch', labels: [], output: 'none' } } as const
    const { gradients } = await network.gradient({ of: 'y', seed: floatTensor([1, 2, 2, 3], new Float32Array(12).fill(1)), wrt: [displayInput], inputs: { [displayInput]: random([1, 3, 2, 2], 1, 0, 1) }, display: { preprocessing: { ...display.preprocessing, mean: [0, 0, 0], std: [1, 1, 1], labels: [] } } })
    expect([...gradients[displayInput]!.data]).toEqual(Array<number>(12).fill(510))
    const { y } = await network.forward({ image: { dataType: 'uint8', dims: [1, 2, 2, 3], data: new Uint8Array(12).fill(7) } }, ['y'])
    expect(y!.data[0]).toBe(14)
  })

  it('takes a picture alone in display space: what the model takes beside it is zero', async () => {
    const network = await open(graphModel({
      inputs: { photo: [1, 3, 2, 2], age: [1, 1] },
      nodes: [
        { op: 'Add', inputs: ['age', 'three'], outputs: ['shifted'] }, { op: 'GlobalAveragePool', inputs: ['photo'], outputs: ['pooled'] },
        { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] }, { op: 'Mul', inputs: ['flat', 'shifted'], outputs: ['y'] },
      ],
      outputs: { y: [1, 3] },
      constants: { three: float32Tensor([1, 1], [3]) },
    }))
    const display = { preprocessing: { input: 'photo', layout: 'NCHW' as const, channels: 'RGB' as const, scale: 1, mean: [0, 0, 0], std: [1, 1, 1], invert: false, height: 2, width: 2, fit: 'stretch' as const, labels: [], output: 'none' as const } }
    const picture = floatTensor([1, 3, 2, 2], Float32Array.from({ length: 12 }, (_, index) => (index < 4 ? 0.5 : 1)))
    expect([...(await network.forward({ [displayInput]: picture }, ['y'], { display }))['y']!.data as Float32Array]).toEqual([1.5, 3, 3])
    const { gradients } = await network.gradient({ of: 'y', seed: floatTensor([1, 3], Float32Array.of(1, 0, 0)), wrt: [displayInput], inputs: { [displayInput]: picture }, display })
    expect([...gradients[displayInput]!.data]).toEqual([0.75, 0.75, 0.75, 0.75, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  it('computes at another size where the model allows it', async () => {
    const convolutional = graphModel({
      inputs: { x: [1, 3, 8, 8] },
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['conv'] }, { op: 'GlobalAveragePool', inputs: ['conv'], outputs: ['y'] }],
      outputs: { y: [1, 2, 1, 1] }, constants: { w: tensor([2, 3, 3, 3], 1) },
    })
    const network = await open(convolutional, { inputDims: { x: [1, 3, 20, 12] } })
    expect(network.facts.get('conv')?.shape).toEqual([1, 2, 18, 10])
    expect((await network.forward({ x: random([1, 3, 9, 9], 1) }, ['conv']))['conv']!.dims).toEqual([1, 2, 7, 7])
  })

  it('knows shapes that only a run shows', async () => {
    const model = graphModel({
      inputs: { x: [1, 4] },
      nodes: [{ op: 'NonZero', inputs: ['x'], outputs: ['where'] }, { op: 'Transpose', inputs: ['where'], outputs: ['rows'] }, { op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      outputs: { y: [1, 4], rows: undefined },
    })
    expect((await open(model)).facts.get('rows')?.shape).toEqual([4, 2])
  })

  it('opens what cannot be run, and says why when it should run', async () => {
    const model: Model = { ...frozen(), opsets: new Map([['', 18], ['com.example', 1]]) }
    const foreign: Model = { ...model, graph: { ...model.graph, nodes: model.graph.nodes.map((node) => (node.opType === 'Tanh' ? { ...node, opType: 'Swirl', domain: 'com.example' } : node)) } }
    const network = await open(foreign)
    expect(network.structure.layers.length).toBeGreaterThan(0)
    expect(network.summary.notRunnable).toContain('com.example::Swirl')
    expect(network.batches).toBe(false)
    await expect(network.forward({ x: random([1, 2, 6, 6], 1) }, ['prob'])).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('Swirl') })
    await expect(one(network, random([1, 2, 6, 6], 1))).rejects.toMatchObject({ code: 'model-unsupported' })
  })

  it('reads kernels', async () => {
    const network = await open(frozen())
    expect(network.constant('w')?.dims).toEqual([4, 2, 3, 3])
    expect(network.constant('act')).toBeUndefined()
  })

  it('rejects a cancelled call, and works afterwards', async () => {
    const network = await open(frozen())
    const x = random([1, 2, 6, 6], 7)
    await expect(network.forward({ x }, ['prob'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    expect((await network.forward({ x }, ['prob']))['prob']!.dims).toEqual([1, 3])
  })
})

describe('a network with large weights', () => {
  it('maps one copy of them into every session, and removes the file in the end', async () => {
    const { readdirSync, statSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    // Of this process: others open networks meanwhile.
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`phosphene-weights-${process.pid}-`))
    const before = new Set(folders())
    const width = 2200
    const model = graphModel({
      inputs: { x: [1, width] },
      nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] }, { op: 'Tanh', inputs: ['h'], outputs: ['t'] }, { op: 'MatMul', inputs: ['t', 'v'], outputs: ['y'] }],
      outputs: { y: [1, 2] }, constants: { w: tensor([width, width], 1), v: tensor([width, 2], 2) },
    })
    const network = await openNetwork(model, { runtime })
    const x = random([1, width], 3)
    const { h } = await network.forward({ x }, ['h'])
    const w = random([width, width], 1).data
    for (const column of [0, 1, width - 1]) expect(h!.data[column]).toBeCloseTo(x.data.reduce((sum, value, row) => sum + value * w[row * width + column]!, 0), 2)
    await network.gradient({ of: 'y', seed: floatTensor([1, 2], Float32Array.of(1, 0)), wrt: ['x'], inputs: { x } })
    const [folder] = folders().filter((name) => !before.has(name))
    const bytes = statSync(`${tmpdir()}/${folder}/weights.bin`).size
    expect(bytes).toBeGreaterThanOrEqual(width * width * 4)
    expect(bytes).toBeLessThan(width * width * 4 + 200_000)
    await network.dispose()
    expect(folders().filter((name) => !before.has(name))).toEqual([])
  })
})

describe.each(referenceCases)('the display space of $name', (reference) => {
  let network: Network
  beforeAll(async () => { network = await openNetwork(modelPath(reference), { runtime }) })
  afterAll(() => network.dispose())

  it('feeds the model what the record says', async () => {
    const { record } = reference
    const picture = pictureOf(reference)
    const [, channels = 1, height = 1, width = 1] = picture.dims
    const plane = height * width
    const input = new Float32Array(picture.data.length)
    for (let channel = 0; channel < channels; channel++) for (let pixel = 0; pixel < plane; pixel++) {
      const shown = picture.data[(record.channels === 'BGR' ? channels - 1 - channel : channel) * plane + pixel]!
      const value = ((record.inverted ? 1 - shown : shown) * record.scale - record.mean[channel]!) / record.std[channel]!
      input[record.layout === 'NHWC' ? pixel * channels + channel : channel * plane + pixel] = value
    }
    const display = displayOf(reference)
    const fed = (await network.forward({ [displayInput]: picture }, ['data', 'prob'], { display }))
    expect(relativeError(fed['data']!.data as Float32Array, input)).toBeLessThan(tolerance)
    const raw = await network.forward({ data: floatTensor(fed['data']!.dims, input) }, ['prob'])
    expect(relativeError(raw['prob']!.data as Float32Array, fed['prob']!.data as Float32Array)).toBeLessThan(tolerance)
  })
})

function countingRuntime(inner: Runtime): { runtime: Runtime; readonly built: number } {
  let built = 0
  return {
    get built() { return built },
    runtime: new Proxy(inner, {
      get(target, name: keyof Runtime) {
        if (name !== 'use') { const value = target[name]; return typeof value === 'function' ? value.bind(target) : value }
        const use: Runtime['use'] = (key, build, body, options) => target.use(key, (device) => { built++; return build(device) }, body, options)
        return use
      },
    }),
  }
}
