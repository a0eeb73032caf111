import { describe, expect, it } from 'vitest'
import { int, ints, string } from '#engine/onnx/attributes.ts'
import { withOutputs } from '#engine/onnx/extract.ts'
import type { Model } from '#engine/onnx/model.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { regrouped } from '#engine/onnx/specialize/regroup.ts'
import { specializeInputs, specializePart } from '#engine/onnx/specialize.ts'
import { elementCount, float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { upgradeModel } from '#engine/onnx/upgrade/upgrade-model.ts'
import { pseudoRandom } from '../../support/all-values.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

describe('a reshape at another size', () => {
  const cases: readonly (readonly [string, readonly number[], readonly number[], readonly number[], readonly number[] | undefined])[] = [
    ['merges what was merged', [1, 256, 6, 6], [1, 9216], [1, 256, 15, 15], [1, 57600]],
    ['keeps the split of channels', [1, 116, 28, 28], [1, 2, 58, 28, 28], [1, 116, 40, 64], [1, 2, 58, 40, 64]],
    ['undoes a pixel shuffle', [1, 1, 224, 3, 224, 3], [1, 1, 672, 672], [1, 1, 100, 3, 50, 3], [1, 1, 300, 150]],
    ['carries a batch through', [1, 512, 1, 1], [1, 512], [8, 512, 1, 1], [8, 512]],
    ['makes rows of tokens', [1, 14, 14, 64], [196, 64], [1, 32, 32, 64], [1024, 64]],
    ['adds extents of 1', [5, 7], [1, 5, 1, 7], [5, 9], [1, 5, 1, 9]],
    ['does not guess how a changed extent splits', [1, 196, 64], [1, 14, 14, 64], [1, 1024, 64], undefined],
    ['does not guess where shapes do not line up', [6, 4], [8, 3], [6, 8], undefined],
  ]
  for (const [name, from, to, now, expected] of cases) it(name, () => expect(regrouped(from, to, now)).toEqual(expected))
})

const conv = (inputs: readonly string[], output: string, attributes: Record<string, ReturnType<typeof ints>> = {}) => ({ op: 'Conv', inputs, outputs: [output], attributes: { pads: ints([1, 1, 1, 1]), ...attributes } })
const weights = (dims: readonly number[], seed: number) => float32Tensor(dims, pseudoRandom(elementCount(dims), seed).map((value) => value - 0.5))

/** Convolution, pooling over all of the 8x8 picture or a frozen flattening, dense. */
function classifier(head: 'pooled' | 'flattened' | 'reshaped'): Model {
  const dense = head === 'pooled' ? 4 : 256
  return graphModel({
    inputs: { x: [1, 3, 8, 8] }, outputs: { y: [1, 5] }, constants: { w: weights([4, 3, 3, 3], 3), d: weights([dense, 5], 5), flat: int64Tensor([2], [1, dense]), rows: int64Tensor([2], [-1, dense]) },
    nodes: [
      conv(['x', 'w'], 'c'), { op: 'Relu', inputs: ['c'], outputs: ['r'] },
      ...(head === 'pooled' ? [{ op: 'AveragePool', inputs: ['r'], outputs: ['p'], attributes: { kernel_shape: ints([8, 8]) } }, { op: 'Reshape', inputs: ['p', 'flat'], outputs: ['f'] }] : []),
      ...(head === 'flattened' ? [{ op: 'Flatten', inputs: ['r'], outputs: ['f'] }] : []),
      ...(head === 'reshaped' ? [{ op: 'Reshape', inputs: ['r', 'rows'], outputs: ['f'] }] : []),
      { op: 'MatMul', inputs: ['f', 'd'], outputs: ['y'] },
    ],
  })
}

const feed = (dims: readonly number[]) => ({ dataType: 'float32' as const, dims, data: pseudoRandom(elementCount(dims), 9) })

describe('specializeInputs', () => {
  it('binds symbols everywhere', () => {
    const model = graphModel({ inputs: { x: ['n', 3, 'h', 'w'] }, outputs: { y: ['n', 3, 'h', 'w'] }, nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] })
    const { graph } = specializeInputs(model, { x: [2, 3, 20, 30] })
    for (const info of [...graph.inputs, ...graph.outputs]) expect(info.type).toMatchObject({ shape: [2, 3, 20, 30] })
  })
  it('says which input does not exist, and which rank is wrong', () => {
    expect(() => specializeInputs(classifier('pooled'), { z: [1] })).toThrow(/no input named 'z'; it has 'x'/)
    expect(() => specializeInputs(classifier('pooled'), { x: [1, 3] })).toThrow(/'x' has shape \[1, 3, 8, 8\]; \[1, 3\] does not fit/)
    expect(() => specializeInputs(classifier('pooled'), { x: [0, 3, 8, 8] })).toThrow(/does not fit/)
  })
  it('stretches a pooling over the whole picture', async () => {
    const wide = specializeInputs(classifier('pooled'), { x: [1, 3, 12, 20] })
    const x = feed([1, 3, 12, 20])
    const { y, r } = await runModel(withOutputs(wide, ['r']), { x })
    expect(y?.dims).toEqual([1, 5])
    // The mean over the larger map, times the dense layer.
    const [map, dense] = [r?.data as Float32Array, pseudoRandom(20, 5).map((value) => value - 0.5)]
    const means = [0, 1, 2, 3].map((channel) => map.subarray(channel * 240, channel * 240 + 240).reduce((sum, value) => sum + value, 0) / 240)
    const expected = [0, 1, 2, 3, 4].map((unit) => means.reduce((sum, mean, channel) => sum + mean * (dense[channel * 5 + unit] ?? NaN), 0))
    expected.forEach((value, unit) => expect(y?.data[unit]).toBeCloseTo(value, 5))
  })
  it('takes a batch through a frozen reshape', async () => {
    const x = feed([3, 3, 8, 8])
    const { y } = await runModel(specializeInputs(classifier('pooled'), { x: [3, 3, 8, 8] }), { x })
    expect(y?.dims).toEqual([3, 5])
  })
  it('refuses a size that a dense layer does not fit, and names it', () => {
    expect(() => specializeInputs(classifier('flattened'), { x: [1, 3, 16, 16] })).toThrow(/does not work at input 'x' \[1, 3, 16, 16\].*MatMul.*up to 'r'/)
  })
  it('grows output sizes that were written down', () => {
    const model = graphModel({
      inputs: { x: [1, 2, 4, 6] }, outputs: { y: [1, 2, 8, 12] }, constants: { sizes: int64Tensor([4], [1, 2, 8, 12]) },
      nodes: [{ op: 'Resize', inputs: ['x', '', '', 'sizes'], outputs: ['y'], attributes: { mode: string('nearest') } }],
    })
    expect(specializeInputs(model, { x: [1, 2, 10, 6] }).graph.outputs[0]?.type).toMatchObject({ shape: [1, 2, 20, 12] })
  })
  it('slices to the new end what was sliced to the old', () => {
    const model = graphModel({
      inputs: { x: [1, 2, 4, 6] }, outputs: { y: [1, 2, 3, 5] }, constants: { starts: int64Tensor([2], [1, 0]), ends: int64Tensor([2], [4, 5]), axes: int64Tensor([2], [2, -1]) },
      nodes: [{ op: 'Slice', inputs: ['x', 'starts', 'ends', 'axes'], outputs: ['y'] }],
    })
    // The first axis went to its end, the second stopped one short of it: that number may mean anything.
    expect(specializeInputs(model, { x: [1, 2, 9, 8] }).graph.outputs[0]?.type).toMatchObject({ shape: [1, 2, 8, 5] })
  })
})

describe('specializePart', () => {
  for (const head of ['flattened', 'reshaped'] as const)
    it(`cuts a ${head} classifier after its last convolution`, async () => {
      // At 16x16 the [-1, 256] target would fit four rows of another picture's make: it must not.
      const { model, cut } = specializePart(classifier(head), { x: [1, 3, 16, 16] })
      expect(cut).toMatchObject({ opType: 'MatMul', lost: ['y'], ends: ['r'] })
      expect(cut?.reason).toMatch(/MatMul/)
      expect(model.graph.outputs).toEqual([{ name: 'r', type: { kind: 'tensor', dataType: 'float32', shape: [1, 4, 16, 16] } }])
      expect(model.graph.nodes.map((node) => node.opType)).toEqual(['Conv', 'Relu'])
      const { r } = await runModel(model, { x: feed([1, 3, 16, 16]) })
      expect(r?.dims).toEqual([1, 4, 16, 16])
    })
  it('keeps outputs that are not concerned', () => {
    const base = classifier('flattened')
    const { model, cut } = specializePart(withOutputs(base, ['c']), { x: [1, 3, 16, 16] })
    expect(cut?.lost).toEqual(['y'])
    expect(model.graph.outputs.map((output) => output.name)).toEqual(['c', 'r'])
  })
  it('does not let a -1 take rows of windows for pictures', () => {
    const model = graphModel({
      inputs: { x: [1, 8, 8, 2] }, outputs: { y: undefined }, constants: { windows: int64Tensor([6], [-1, 2, 4, 2, 4, 2]) },
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['r'] }, { op: 'Reshape', inputs: ['r', 'windows'], outputs: ['y'] }],
    })
    const { cut } = specializePart(model, { x: [1, 16, 16, 2] })
    expect(cut).toMatchObject({ opType: 'Reshape', ends: ['r'] })
    expect(cut?.reason).toMatch(/cannot be told/)
  })
  it('ends in what depends on the picture, not in weights', () => {
    const base = classifier('flattened')
    const model = { ...base, graph: { ...base.graph, nodes: base.graph.nodes.toSpliced(-1, 1, { name: 't', opType: 'Transpose', domain: '', inputs: ['d'], outputs: ['dt'], attributes: new Map() }, { name: 'y', opType: 'Gemm', domain: '', inputs: ['f', 'dt'], outputs: ['y'], attributes: new Map([['transB', int(1)]]) }) } }
    expect(specializePart(model, { x: [1, 3, 16, 16] }).cut?.ends).toEqual(['r'])
  })
  it('cuts nothing where everything fits', () => expect(specializePart(classifier('pooled'), { x: [2, 3, 16, 16] }).cut).toBeUndefined())
  it('keeps channel shuffles', async () => {
    const model = graphModel({
      inputs: { x: [1, 4, 6, 6] }, outputs: { y: [1, 4, 6, 6] }, constants: { split: int64Tensor([5], [1, 2, 2, 6, 6]), merge: int64Tensor([4], [1, 4, 6, 6]) },
      nodes: [{ op: 'Reshape', inputs: ['x', 'split'], outputs: ['s'] }, { op: 'Transpose', inputs: ['s'], outputs: ['t'], attributes: { perm: ints([0, 2, 1, 3, 4]) } }, { op: 'Reshape', inputs: ['t', 'merge'], outputs: ['y'] }],
    })
    const x = feed([2, 4, 3, 5])
    const { y } = await runModel(specializeInputs(model, { x: x.dims }), { x })
    const plane = (image: number, channel: number) => Array.from(x.data.subarray((image * 4 + channel) * 15, (image * 4 + channel) * 15 + 15))
    expect(Array.from(y?.data as Float32Array)).toEqual([0, 1].flatMap((image) => [0, 2, 1, 3].flatMap((channel) => plane(image, channel))))
  })
})

describeWithTestdata('models made elsewhere, at other sizes', () => {
  const sizes: Readonly<Record<string, readonly number[]>> = {
    'googlenet-bvlc': [1, 3, 320, 256], 'squeezenet1.1-caffe': [1, 3, 320, 320], 'shufflenet-v2-dequant': [1, 3, 256, 320],
    'mobilenetv2-1.0-224-qat-dequant': [1, 3, 288, 288], 'super-resolution': [1, 1, 100, 60], 'cifar10-resnet20-bn': [1, 3, 48, 48], 'darknet-tiny': [1, 3, 256, 256],
  }
  for (const [name, dims] of Object.entries(sizes))
    it(`${name} at [${dims.join(', ')}]`, async () => {
      const model = upgradeModel(await loadModel(testdata(`models/${name}.onnx`)))
      const input = model.graph.inputs.find((candidate) => !model.graph.initializers.has(candidate.name))?.name ?? ''
      const { model: specialized, cut } = specializePart(model, { [input]: dims })
      expect(cut).toBeUndefined()
      const results = await runModel(specialized, { [input]: feed(dims) })
      for (const { name: output, type } of specialized.graph.outputs) {
        expect(Array.from(results[output]?.data as Float32Array).every(Number.isFinite)).toBe(true)
        if (type?.kind === 'tensor' && type.shape) expect(results[output]?.dims).toEqual(type.shape)
      }
    })
  it('cifar10-pytorch-tutorial-cnn stops before its dense layers', async () => {
    const model = upgradeModel(await loadModel(testdata('models/cifar10-pytorch-tutorial-cnn.onnx')))
    const input = model.graph.inputs[0]?.name ?? ''
    const { model: part, cut } = specializePart(model, { [input]: [1, 3, 64, 64] })
    expect(cut?.opType).toMatch(/Gemm|MatMul/)
    expect(part.graph.nodes.some((node) => node.opType === 'Conv')).toBe(true)
    const results = await runModel(part, { [input]: feed([1, 3, 64, 64]) })
    expect(results[cut?.ends[0] ?? '']?.dims).toHaveLength(4)
  })
})
