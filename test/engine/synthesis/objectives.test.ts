import { describe, expect, it } from 'vitest'
import { Emit } from '#engine/autodiff/emit.ts'
import type { Value } from '#engine/autodiff/emit.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { createRandom } from '#engine/lib/random.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { objectives, optimisers } from '#engine/synthesis/registries.ts'
import { Lbfgs } from '#engine/synthesis/style/lbfgs.ts'
import { graph, modelOf } from '../../support/graph-builder.ts'
import { runModel } from '../../support/run-model.ts'

const random = createRandom(8)
const normal = (...dims: number[]): FloatTensor => floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.normal()))
const [batch, units, height, width] = [3, 4, 5, 2]
const layer = normal(batch, units, height, width)
const selector = normal(batch, units)
const reference = normal(1, units, height, width)
const picture = floatTensor([batch, 3, 8, 6], Float32Array.from({ length: batch * 3 * 48 }, () => random.uniform()))
const at = (n: number, c: number, y: number, x: number): number => layer.data[((n * units + c) * height + y) * width + x]!
const pixel = (n: number, c: number, y: number, x: number): number => picture.data[((n * 3 + c) * 8 + y) * 6 + x]!
const each = (...extents: number[]): number[][] => extents.reduce<number[][]>((all, extent) => all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])), [[]])
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

async function valueOf(id: string, options: { readonly power?: number; readonly channelsLast?: boolean; readonly logits?: boolean } = {}): Promise<number> {
  const emit = new Emit({ target: cpuTarget, opset: 18, prefix: 'o' })
  const input = (name: string, { dims }: FloatTensor): Value => ({ name, dataType: 'float32', dims })
  const last = floatTensor([batch, height, width, units], Float32Array.from(each(batch, height, width, units), ([n, y, x, c]) => at(n!, c!, y!, x!)))
  const logits = floatTensor([batch, units], layer.data.slice(0, batch * units))
  const used = options.logits ? logits : options.channelsLast ? last : layer
  const result = objectives.get(id)!.build({
    emit, layer: () => ({ value: input('layer', used), channelsLast: options.channelsLast ?? false }), selector: () => input('selector', selector), reference: () => input('reference', reference),
    picture: input('picture', picture), ground: 0.25, position: undefined, power: options.power,
  })
  const feeds = { layer: used, selector, reference, picture }
  const named = new Set(emit.nodes.flatMap(({ inputs }) => inputs))
  const model = modelOf({ ...graph(emit.nodes, Object.entries(feeds).filter(([name]) => named.has(name)).map(([name, { dims }]) => [name, dims]), result.name), initializers: emit.initializers }, 18)
  return Number((await runModel(model, feeds))[result.name]!.data[0])
}

const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, index) => value * b[index]!))
const cosineWeighted = (a: readonly number[], b: readonly number[], power: number): number => dot(a, b) * Math.max(0.1, dot(a, b) / Math.sqrt((dot(a, a) + 1e-6) * (dot(b, b) + 1e-6))) ** power
const own = (n: number): number[] => each(units, height, width).map(([c, y, x]) => at(n, c!, y!, x!))
const chosen = (n: number, c: number): number => selector.data[n * units + c]!

/** Each by its definition, in double precision. */
const definitions: Readonly<Record<string, () => number>> = {
  channel: () => sum(each(batch, units, height, width).map(([n, c, y, x]) => at(n!, c!, y!, x!) * chosen(n!, c!))) / (height * width),
  neuron: () => sum(each(batch, units).map(([n, c]) => at(n!, c!, 2, 1) * chosen(n!, c!))),
  layer: () => sum(each(batch, units, height, width).map(([n, c, y, x]) => at(n!, c!, y!, x!) ** 2)) / (units * height * width),
  direction: () => sum(each(batch, height, width).map(([n, y, x]) => cosineWeighted(each(units).map(([c]) => at(n!, c!, y!, x!)), each(units).map(([c]) => chosen(n!, c!)), 2))) / (height * width),
  inversion: () => -sum([0, 1, 2].flatMap((n) => own(n).map((value, index) => (value - reference.data[index]!) ** 2))) / dot([...reference.data], [...reference.data]),
  caricature: () => sum([0, 1, 2].map((n) => cosineWeighted(own(n), [...reference.data], 2))) / (units * height * width),
  alignment: () => -sum([1, 2].flatMap((distance) => each(batch - distance).map(([n]) => {
    const [one, other] = [own(n!), own(n! + distance)]
    return sum(other.map((value, index) => (value - one[index]!) ** 2)) / ((dot(one, one) + dot(other, other)) / 2) / 2 ** distance
  }))),
  diversity: () => {
    const mean = (n: number, c: number): number => sum(each(height, width).map(([y, x]) => at(n, c, y!, x!))) / (height * width)
    const gram = (n: number): number[] => each(units, units).map(([a, b]) => sum(each(height, width).map(([y, x]) => (at(n, a!, y!, x!) - mean(n, a!)) * (at(n, b!, y!, x!) - mean(n, b!)))))
    return -sum(each(batch, batch).filter(([i, j]) => i !== j).map(([i, j]) => dot(gram(i!), gram(j!)) / Math.sqrt(dot(gram(i!), gram(i!)) * dot(gram(j!), gram(j!))))) / batch
  },
  l1: () => -sum([...picture.data].map((value) => Math.abs(value - 0.25))) / (3 * 48),
  l2: () => -sum([...picture.data].map((value) => (value - 0.25) ** 2)) / (3 * 48),
  'total-variation': () => -(sum(each(batch, 3, 7, 6).map(([n, c, y, x]) => Math.abs(pixel(n!, c!, y! + 1, x!) - pixel(n!, c!, y!, x!)))) + sum(each(batch, 3, 8, 5).map(([n, c, y, x]) => Math.abs(pixel(n!, c!, y!, x! + 1) - pixel(n!, c!, y!, x!))))) / (3 * 48),
  blur: () => {
    const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value))
    const blurred = (n: number, c: number, y: number, x: number): number => sum(each(3, 3).map(([i, j]) => ([1, 2, 1][i!]! * [1, 2, 1][j!]! / 16) * pixel(n, c, clamp(y + i! - 1, 8), clamp(x + j! - 1, 6))))
    return -sum(each(batch, 3, 8, 6).map(([n, c, y, x]) => (pixel(n!, c!, y!, x!) - blurred(n!, c!, y!, x!)) ** 2)) / (3 * 48)
  },
  boundary: () => {
    const border = each(8, 6).filter(([y, x]) => y! < 1 || y! >= 7 || x! < 1 || x! >= 5)
    return -sum(each(batch, 3).flatMap(([n, c]) => border.map(([y, x]) => (pixel(n!, c!, y!, x!) - 0.25) ** 2))) / (3 * border.length)
  },
}

/** float32, sums of some hundred products. */
const relativeTolerance = 2e-5

describe('objectives', () => {
  it.each(Object.entries(definitions))('%s is what its definition says', async (id, definition) => {
    const expected = definition()
    expect(Math.abs(await valueOf(id, { power: 2 }) - expected)).toBeLessThan(relativeTolerance * Math.max(1, Math.abs(expected)))
  })

  it.each(['channel', 'neuron', 'direction', 'diversity'])('%s is the same with channels last', async (id) => {
    expect(Math.abs(await valueOf(id, { power: 2, channelsLast: true }) - definitions[id]!())).toBeLessThan(relativeTolerance * Math.max(1, Math.abs(definitions[id]!())))
  })

  it('takes a class by its score, or by the logarithm of its probability', async () => {
    const rows = [0, 1, 2].map((n) => [...layer.data.slice(n * units, (n + 1) * units)])
    const score = sum(rows.map((row, n) => dot(row, each(units).map(([c]) => chosen(n, c!)))))
    expect(await valueOf('logit', { logits: true })).toBeCloseTo(score, 4)
    const logarithms = sum(rows.map((row, n) => sum(row.map((value, c) => (value - Math.log(sum(row.map(Math.exp)))) * chosen(n, c)))))
    expect(await valueOf('probability', { logits: true })).toBeCloseTo(logarithms, 4)
  })

  it('are all here', () => {
    expect([...objectives.keys()].sort()).toEqual([...Object.keys(definitions), 'interpolation', 'logit', 'probability'].sort())
  })
})

describe('L-BFGS in the graph', () => {
  it('takes the same steps as the algorithm written down (a quadratic of many curvatures)', async () => {
    const lbfgs = optimisers.get('lbfgs')!
    const size = 12
    const curvatures = Float32Array.from({ length: size }, (_, index) => 0.3 + index * 0.4)
    const goal = normal(size).data
    const slopeAt = (x: Float32Array): Float32Array => x.map((value, index) => curvatures[index]! * (value - goal[index]!))
    const emit = new Emit({ target: cpuTarget, opset: 18, prefix: 'l' })
    const value = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })
    const dims = Object.fromEntries(Object.entries(lbfgs.memory).map(([name, kind]) => [name, kind === 'like' ? [size] : []]))
    const step = lbfgs.build(emit, { parameter: value('x', [size]), gradient: value('g', [size]), rate: value('rate', []), feeds: { beginning: value('beginning', []), going: value('going', []) }, memory: Object.fromEntries(Object.entries(dims).map(([name, each]) => [name, value(name, each)])) })
    const copies = Object.fromEntries(Object.entries(step.memory).map(([name, made]) => [name, emit.node('Identity', [made], {}, [made])[0]!.name]))
    const inputs: [string, readonly number[]][] = [['x', [size]], ['g', [size]], ['rate', []], ['beginning', []], ['going', []], ...Object.entries(dims)]
    const model = modelOf({ ...graph(emit.nodes, inputs.map(([name, each]) => [name, [...each]]), [step.parameter.name, ...Object.values(copies)].join(' ')), initializers: emit.initializers }, 18)
    const scalar = (of: number): FloatTensor => floatTensor([], Float32Array.of(of))
    const rate = 0.8
    const reference = new Lbfgs({ rate, history: 8 })
    const own = new Float32Array(size)
    let x = new Float32Array(size)
    let memory: Record<string, FloatTensor> = Object.fromEntries(Object.entries(dims).map(([name, each]) => [name, floatTensor(each, new Float32Array(elementCount(each)))]))
    for (let t = 1; t <= 14; t++) {
      reference.step(own, slopeAt(own))
      const results = await runModel(model, { x: floatTensor([size], x), g: floatTensor([size], slopeAt(x).map((slope) => -slope)), rate: scalar(rate), ...Object.fromEntries(Object.entries(lbfgs.feeds(t)).map(([name, of]) => [name, scalar(of)])), ...memory })
      x = (results[step.parameter.name]!.data as Float32Array).slice()
      memory = Object.fromEntries(Object.entries(copies).map(([name, output]) => [name, floatTensor(dims[name]!, (results[output]!.data as Float32Array).slice())]))
      expect(Math.max(...x.map((each, index) => Math.abs(each - own[index]!))), `step ${t}`).toBeLessThan(2e-4)
    }
    expect(Math.max(...x.map((each, index) => Math.abs(each - goal[index]!)))).toBeLessThan(0.05)
  })
})
