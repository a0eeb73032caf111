import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { float, floats, int, ints, string } from '#engine/onnx/attributes.ts'
import type { Attribute, DataType, Model, Shape, Tensor } from '#engine/onnx/model.ts'
import { opsetOf } from '#engine/onnx/model.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { runnableReason } from '#engine/onnx/runnable.ts'
import { elementCount, float16ToNumber, float32Tensor, int64Tensor, numbersOf, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { upgradedOperators } from '#engine/onnx/upgrade/registry.ts'
import { upgradeModel } from '#engine/onnx/upgrade/upgrade-model.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'
import { pseudoRandom } from '../../support/all-values.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

interface Case {
  readonly op: string
  readonly opset: number
  readonly x: readonly number[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly constants?: readonly Tensor[]
  readonly outputs?: number
  /** What the input is declared as, where that is not its dims: unknown extents make the general path be taken. */
  readonly declared?: Shape | 'rank unknown'
  readonly dataType?: DataType
  readonly says?: string
}

const cases: readonly Case[] = [
  ...['Softmax', 'LogSoftmax', 'Hardmax'].flatMap((op): Case[] => [
    { op, opset: 11, x: [2, 5], says: 'default axis' },
    { op, opset: 11, x: [2, 3, 4, 2], attributes: { axis: int(1) } },
    { op, opset: 9, x: [2, 3, 4, 2], attributes: { axis: int(2) } },
    { op, opset: 12, x: [2, 3, 4], attributes: { axis: int(-1) } },
    { op, opset: 11, x: [2, 3, 4], attributes: { axis: int(-2) } },
    { op, opset: 9, x: [3, 10, 1, 1], says: 'trailing extents of 1' },
    { op, opset: 7, x: [2, 3, 4], attributes: { axis: int(0) } },
    { op, opset: 11, x: [2, 3, 2, 2], declared: [null, null, null, null], says: 'unknown extents' },
    { op, opset: 11, x: [2, 6], declared: 'rank unknown', says: 'unknown rank' },
  ]),
  { op: 'Squeeze', opset: 9, x: [1, 3, 1, 2], attributes: { axes: ints([0, 2]) } },
  { op: 'Squeeze', opset: 11, x: [1, 3, 1, 2], attributes: { axes: ints([-2]) } },
  { op: 'Squeeze', opset: 9, x: [1, 3, 1, 2], says: 'all' },
  { op: 'Unsqueeze', opset: 9, x: [3, 2], attributes: { axes: ints([0, 3]) } },
  { op: 'Unsqueeze', opset: 12, x: [3, 2], attributes: { axes: ints([-1]) } },
  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSumSquare'].flatMap((op): Case[] => [
    { op, opset: 9, x: [2, 3, 4], attributes: { axes: ints([1]), keepdims: int(0) } },
    { op, opset: 11, x: [2, 3, 4], attributes: { axes: ints([-1, 0]) } },
    { op, opset: 12, x: [2, 3, 4], says: 'all axes' },
    ...(op === 'ReduceSum' ? [] : [{ op, opset: 17, x: [2, 3, 4], attributes: { axes: ints([2]) } }]),
  ]),
  { op: 'ReduceSum', opset: 13, x: [2, 3, 4], constants: [int64Tensor([1], [1])] },
  { op: 'Split', opset: 9, x: [2, 6], attributes: { axis: int(1), split: ints([1, 2, 3]) }, outputs: 3 },
  { op: 'Split', opset: 11, x: [2, 6], attributes: { axis: int(-1) }, outputs: 2 },
  { op: 'Split', opset: 13, x: [4, 6], outputs: 2 },
  { op: 'Split', opset: 13, x: [4, 6], constants: [int64Tensor([2], [1, 3])], outputs: 2 },
  { op: 'Pad', opset: 9, x: [2, 3], attributes: { pads: ints([1, 0, 0, 2]), value: float(0.5) } },
  { op: 'Pad', opset: 7, x: [1, 1, 3, 3], attributes: { pads: ints([0, 0, 1, 1, 0, 0, 1, 1]), mode: string('reflect') } },
  { op: 'Pad', opset: 10, x: [3, 3], attributes: { pads: ints([1, 1, -1, 0]), mode: string('edge') } },
  { op: 'Pad', opset: 10, x: [3], dataType: 'float64', attributes: { pads: ints([1, 1]), value: float(0.5) } },
  { op: 'Slice', opset: 9, x: [4, 5], attributes: { starts: ints([1, -3]), ends: ints([3, 1000]) } },
  { op: 'Slice', opset: 7, x: [4, 5], attributes: { starts: ints([1]), ends: ints([-1]), axes: ints([1]) } },
  { op: 'Clip', opset: 10, x: [3, 4], attributes: { min: float(0.2), max: float(0.7) } },
  { op: 'Clip', opset: 7, x: [3, 4], attributes: { max: float(0.5) } },
  { op: 'Clip', opset: 9, x: [3, 4] },
  { op: 'Clip', opset: 10, x: [3, 4], declared: 'rank unknown', attributes: { min: float(0.5) } },
  { op: 'Dropout', opset: 7, x: [3, 4], attributes: { ratio: float(0.3) } },
  { op: 'Dropout', opset: 10, x: [3, 4] },
  { op: 'BatchNormalization', opset: 9, x: [2, 3, 2, 2], constants: [[1, 2, 3], [0.1, 0.2, 0.3], [0.5, 0.4, 0.3], [1, 2, 0.5]].map((values) => float32Tensor([3], values)), attributes: { epsilon: float(0.01), momentum: float(0.5) } },
  { op: 'BatchNormalization', opset: 7, x: [2, 3, 2], constants: [0, 1, 2, 3].map((seed) => float32Tensor([3, 2], pseudoRandom(6, seed + 11))), attributes: { spatial: int(0) }, says: 'spatial = 0' },
  { op: 'BatchNormalization', opset: 8, x: [2, 3, 2], constants: [0, 1, 2, 3].map((seed) => float32Tensor([3], pseudoRandom(3, seed + 11))), attributes: { spatial: int(1) } },
  ...['nearest', 'linear'].flatMap((mode): Case[] => [
    { op: 'Upsample', opset: 7, x: [1, 2, 3, 4], attributes: { mode: string(mode), scales: floats([1, 1, 2, 3]) }, says: mode },
    { op: 'Upsample', opset: 9, x: [1, 2, 3, 4], constants: [float32Tensor([4], [1, 1, 2, 1.5])], attributes: { mode: string(mode) }, says: mode },
    { op: 'Resize', opset: 10, x: [1, 2, 4, 4], constants: [float32Tensor([4], [1, 1, 2.3, 1.5])], attributes: { mode: string(mode) }, says: `${mode}, larger` },
    { op: 'Resize', opset: 10, x: [1, 2, 7, 9], constants: [float32Tensor([4], [1, 1, 0.6, 0.7])], attributes: { mode: string(mode) }, says: `${mode}, smaller` },
    { op: 'Resize', opset: 10, x: [1, 2, 7, 5], constants: [float32Tensor([4], [1, 1, 0.6, 1.7])], attributes: { mode: string(mode) }, says: `${mode}, larger and smaller` },
    { op: 'Resize', opset: 11, x: [1, 2, 4, 4], constants: [float32Tensor([0], []), float32Tensor([4], [1, 1, 2, 2.5])], attributes: { mode: string(mode), coordinate_transformation_mode: string('align_corners') }, says: `${mode}, scales` },
    { op: 'Resize', opset: 11, x: [1, 2, 4, 4], constants: [float32Tensor([0], []), float32Tensor([0], []), int64Tensor([4], [1, 2, 7, 3])], attributes: { mode: string(mode), coordinate_transformation_mode: string('pytorch_half_pixel') }, says: `${mode}, sizes` },
  ]),
  { op: 'Resize', opset: 11, x: [1, 1, 4, 5], constants: [float32Tensor([0], []), float32Tensor([4], [1, 1, 0.6, 2.3])], attributes: { mode: string('nearest'), nearest_mode: string('floor'), coordinate_transformation_mode: string('tf_half_pixel_for_nn') }, says: 'tf_half_pixel_for_nn' },
  { op: 'Resize', opset: 11, x: [1, 1, 4, 5], constants: [float32Tensor([8], [0, 0, 0.2, 0.1, 1, 1, 0.8, 0.7]), float32Tensor([0], []), int64Tensor([4], [1, 1, 3, 3])], attributes: { mode: string('linear'), coordinate_transformation_mode: string('tf_crop_and_resize'), extrapolation_value: float(2) }, says: 'tf_crop_and_resize' },
  { op: 'Resize', opset: 13, x: [1, 1, 4, 5], constants: [float32Tensor([0], []), float32Tensor([4], [1, 1, 2, 2])], attributes: { mode: string('cubic'), cubic_coeff_a: float(-0.5) }, says: 'cubic' },
  { op: 'TopK', opset: 9, x: [3, 7], attributes: { k: int(3), axis: int(1) }, outputs: 2 },
  { op: 'TopK', opset: 7, x: [4, 3], attributes: { k: int(2), axis: int(0) }, outputs: 2 },
  { op: 'Scatter', opset: 9, x: [3, 3], constants: [int64Tensor([2, 2], [0, 2, 1, 0]), float32Tensor([2, 2], [1, 2, 3, 4])], attributes: { axis: int(1) } },
  { op: 'RoiAlign', opset: 10, x: [1, 2, 8, 8], constants: [float32Tensor([1, 4], [1, 1, 6, 5]), int64Tensor([1], [0])], attributes: { output_height: int(2), output_width: int(2), sampling_ratio: int(2), spatial_scale: float(1) } },
  { op: 'ImageScaler', opset: 7, x: [1, 3, 2, 2], attributes: { scale: float(0.5), bias: floats([0.1, 0.2, 0.3]) } },
  { op: 'Affine', opset: 7, x: [3, 2], attributes: { alpha: float(0.5), beta: float(2) } },
  { op: 'ScaledTanh', opset: 7, x: [3, 2], attributes: { alpha: float(0.5), beta: float(2) } },
  { op: 'ParametricSoftplus', opset: 7, x: [3, 2], attributes: { alpha: float(0.5), beta: float(2) } },
  { op: 'Crop', opset: 7, x: [1, 2, 5, 6], attributes: { border: ints([1, 2, 1, 0]) } },
  { op: 'Crop', opset: 7, x: [1, 2, 5, 6], attributes: { border: ints([1, 2, 0, 0]), scale: ints([2, 3]) } },
]

function modelOf({ op, opset, x, attributes = {}, constants = [], outputs = 1, declared = x, dataType = 'float32' }: Case): Model {
  const hidden = declared === 'rank unknown'
  const names = Array.from({ length: outputs }, (_, index) => `y${index}`)
  return graphModel({
    inputs: hidden ? { x: x, dims: [x.length] } : { x: declared }, inputTypes: { x: dataType, dims: 'int64' }, opset,
    constants: Object.fromEntries(constants.map((constant, index) => [`c${index}`, constant])),
    // A reshape to dims that are only known at run time hides even the rank.
    nodes: [
      ...(hidden ? [{ op: 'Reshape', inputs: ['x', 'dims'], outputs: ['h'] }] : []),
      { op, inputs: [hidden ? 'h' : 'x', ...constants.map((_, index) => `c${index}`)], outputs: names, attributes },
    ],
    outputs: Object.fromEntries(names.map((name) => [name, undefined])),
  })
}

/** Relative to the larger of 1 and the value. A rewriting computes the same numbers; only a sum may be taken in another order. */
const tolerance = 1e-6

async function expectSameValues(before: Model, after: Model, feeds: Parameters<typeof runModel>[1]): Promise<void> {
  const [old, now] = [await runModel(before, feeds), await runModel(after, feeds)]
  expect(Object.keys(now)).toEqual(Object.keys(old))
  for (const [name, value] of Object.entries(old)) {
    expect(now[name]?.dims).toEqual(value.dims)
    expect(now[name]?.dataType).toBe(value.dataType)
    const worst = Array.from(value.data as Float32Array, Number).reduce((most, expected, index) => {
      const got = Number(now[name]?.data[index])
      return expected === got ? most : Math.max(most, Math.abs(expected - got) / Math.max(1, Math.abs(expected)))
    }, 0)
    expect(worst, name).toBeLessThan(tolerance)
  }
}

const label = ({ op, opset, x, attributes = {}, says }: Case): string =>
  `${op} of operator set ${opset} on [${x.join(', ')}] ${says ?? ''} ${Object.entries(attributes).map(([name, attribute]) => `${name}=${JSON.stringify('value' in attribute ? attribute.value : '')}`).join(' ')}`

describe('an upgraded operator computes what it computed before', () => {
  for (const entry of cases) {
    it(label(entry), async () => {
      const model = modelOf(entry)
      const upgraded = upgradeModel(model)
      expect(opsetOf(upgraded)).toBe(18)
      const x = { dataType: entry.dataType ?? 'float32', dims: entry.x, data: entry.dataType === 'float64' ? Float64Array.from(pseudoRandom(elementCount(entry.x), 7)) : pseudoRandom(elementCount(entry.x), 7) }
      await expectSameValues(model, upgraded, { x, ...(entry.declared === 'rank unknown' ? { dims: { dataType: 'int64', dims: [entry.x.length], data: BigInt64Array.from(entry.x, BigInt) } } : {}) })
    })
  }
  it('has a case for every upgrade', () => {
    const untested = upgradedOperators().filter((op) => op !== 'Constant' && op !== 'Scan' && op !== 'Scale' && !cases.some((entry) => entry.op === op))
    expect(untested).toEqual([])
  })
})

describe('Constant', () => {
  const shorthand: readonly (readonly [string, Attribute, readonly number[], readonly number[]])[] = [
    ['value_float', float(0.5), [], [0.5]], ['value_floats', floats([1, 2]), [2], [1, 2]], ['value_int', int(3), [], [3]], ['value_ints', ints([1, -1]), [2], [1, -1]],
  ]
  for (const [name, attribute, dims, values] of shorthand)
    it(`${name} becomes a tensor`, async () => {
      const model = graphModel({ inputs: {}, opset: 13, nodes: [{ op: 'Constant', inputs: [], outputs: ['y'], attributes: { [name]: attribute } }], outputs: { y: undefined } })
      const upgraded = upgradeModel(model)
      const value = upgraded.graph.nodes[0]?.attributes.get('value')
      expect(value?.kind === 'tensor' && [value.value.dims, numbersOf(value.value)]).toEqual([dims, values])
      await expectSameValues(model, upgraded, {})
    })
})

describe('upgradeModel', () => {
  it('leaves operator set 18 and newer alone', () => {
    for (const opset of [18, 21]) {
      const model = modelOf({ op: 'Relu', opset, x: [1] })
      expect(upgradeModel(model)).toBe(model)
    }
  })
  it('refuses operator set 6', () => expect(() => upgradeModel(modelOf({ op: 'Relu', opset: 6, x: [1] }))).toThrow(/operator set 6/))
  it('refuses the batched Scan of operator set 8', () => expect(() => upgradeModel(modelOf({ op: 'Scan', opset: 8, x: [1] }))).toThrow(/Scan/))
  it('refuses a batch normalisation whose training statistics are read', () =>
    expect(() => upgradeModel(modelOf({ op: 'BatchNormalization', opset: 9, x: [1, 2, 2], constants: [0, 1, 2, 3].map(() => float32Tensor([2], [1, 1])), outputs: 5 }))).toThrow(/evaluation mode/))
  it('drops training outputs that nobody reads', () => {
    const model = modelOf({ op: 'BatchNormalization', opset: 9, x: [1, 2, 2], constants: [0, 1, 2, 3].map(() => float32Tensor([2], [1, 1])), outputs: 5 })
    expect(upgradeModel({ ...model, graph: { ...model.graph, outputs: model.graph.outputs.slice(0, 1) } }).graph.nodes[0]?.outputs).toEqual(['y0'])
  })
  it('keeps a mask that is read, of its type', async () => {
    const model = graphModel({ inputs: { x: [2, 2] }, opset: 9, nodes: [{ op: 'Dropout', inputs: ['x'], outputs: ['d', 'mask'] }, { op: 'Add', inputs: ['mask', 'd'], outputs: ['y'] }], outputs: { y: undefined } })
    const { y } = await runModel(upgradeModel(model), { x: { dataType: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) } })
    expect(Array.from(y?.data as Float32Array)).toEqual([2, 3, 4, 5])
  })
  it('reaches into the bodies of control flow', async () => {
    const body = (factor: number) => ({ ...graphModel({ inputs: {}, outputs: { b: undefined }, constants: { f: tensorOfNumbers('float32', [], [factor]) }, nodes: [{ op: 'ReduceMean', inputs: ['x'], outputs: ['m'], attributes: { axes: ints([1]) } }, { op: 'Clip', inputs: ['m'], outputs: ['c'], attributes: { max: float(0.4) } }, { op: 'Mul', inputs: ['c', 'f'], outputs: ['b'] }] }).graph })
    const model = graphModel({
      inputs: { x: [2, 3], flag: [] }, inputTypes: { flag: 'bool' }, opset: 10, outputs: { y: undefined },
      nodes: [{ op: 'If', inputs: ['flag'], outputs: ['y'], attributes: { then_branch: { kind: 'graph', value: body(2) }, else_branch: { kind: 'graph', value: body(3) } } }],
    })
    await expectSameValues(model, upgradeModel(model), { x: { dataType: 'float32', dims: [2, 3], data: pseudoRandom(6) }, flag: { dataType: 'bool', dims: [], data: Uint8Array.of(1) } })
  })
  it('keeps the names of values and of the node that yields them', () => {
    const upgraded = upgradeModel(modelOf({ op: 'Softmax', opset: 11, x: [2, 3, 4] }))
    expect(upgraded.graph.nodes.at(-1)).toMatchObject({ name: 'y0', outputs: ['y0'] })
    expect(new Set(upgraded.graph.nodes.map((node) => node.name)).size).toBe(upgraded.graph.nodes.length)
  })
})

describeWithTestdata('models made elsewhere', () => {
  for (const file of readdirSync(testdata('models')).filter((name) => name.endsWith('.onnx')))
    it(`${file} gives the same outputs upgraded`, async () => {
      const model = await loadModel(testdata(`models/${file}`))
      if (runnableReason(model)) return
      const upgraded = upgradeModel(model)
      const feeds = Object.fromEntries(model.graph.inputs.filter((input) => !model.graph.initializers.has(input.name)).map(({ name, type }) => {
        if (type?.kind !== 'tensor') throw new Error(`${name} is no tensor`)
        const dims = (type.shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : 64))
        const values = pseudoRandom(elementCount(dims))
        const { bytes } = tensorOfNumbers(type.dataType, dims, Array.from(values))
        return [name, { dataType: type.dataType, dims, data: type.dataType === 'float16' ? new Uint16Array(bytes.buffer) : values }]
      }))
      const [old, now] = [await runModel(model, feeds), await runModel(upgraded, feeds)]
      for (const [name, { data, dataType }] of Object.entries(old)) {
        const numbers = (data: ArrayLike<number>) => Array.from(data, dataType === 'float16' ? float16ToNumber : Number)
        const [expected, got] = [numbers(data as Float32Array), numbers(now[name]?.data as Float32Array)]
        const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (got[index] ?? NaN))), 0)
        // Other fusions are found in the upgraded graph, so sums are taken in another order; float16 has eleven bits.
        expect(worst / scale).toBeLessThan(dataType === 'float16' ? 2 ** -9 : 1e-5)
      }
    })
})
