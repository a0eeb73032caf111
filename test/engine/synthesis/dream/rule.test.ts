/** From a gradient to the next picture, as a graph that runs, against the same written down plainly in float64. */
import { afterAll, describe, expect, it } from 'vitest'
import { Emit } from '#engine/autodiff/emit.ts'
import type { Value } from '#engine/autodiff/emit.ts'
import { createRandom } from '#engine/lib/random.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { Shaping } from '#engine/synthesis/dream/rule.ts'
import { emitRule } from '#engine/synthesis/dream/rule.ts'
import { infoOf as floats } from '#engine/synthesis/dream/step-graph.ts'
import { Strips } from '#engine/synthesis/dream/strips.ts'
import { modelOf } from '../../../support/graph-builder.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
afterAll(() => runtime.dispose())

const plain: Shaping = { smoothing: 0, pyramid: 0, evenness: 0, natural: 0 }
type Dims = readonly [number, number, number, number]

/** The picture lies so far from 0 and 1 that nothing is cut off: what is added to it is told exactly enough. */
async function stepOf(dims: Dims, gradient: ArrayLike<number>, shaping: Partial<Shaping>, { mask, picture = 0.5, rate = 0.004 }: { readonly mask?: Float32Array; readonly picture?: number; readonly rate?: number } = {}) {
  const emit = new Emit({ target: runtime.loweringOf('cpu'), opset: 18, prefix: 'rule' })
  const value = (name: string, shape: readonly number[]): Value => ({ name, dataType: 'float32', dims: shape })
  const inputs = { picture: value('picture', dims), gradient: value('gradient', dims), rate: value('rate', []), ...(mask ? { mask: value('mask', [1, 1, dims[2], dims[3]]) } : {}) }
  const { picture: next, magnitude } = emitRule(emit, inputs, { ...plain, ...shaping })
  const session = await runtime.open(modelOf({ name: 'rule', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), inputs: Object.values(inputs).map(floats), outputs: [next, magnitude].map(floats) }, 18))
  const results = await session.run({
    picture: floatTensor(dims, new Float32Array(gradient.length).fill(picture)), gradient: floatTensor(dims, Float32Array.from(gradient)), rate: floatTensor([], Float32Array.of(rate)),
    ...(mask ? { mask: floatTensor([1, 1, dims[2], dims[3]], mask) } : {}),
  })
  await session.dispose()
  const made = results[next.name]?.data as Float32Array
  return { moved: Array.from(made, (each) => (each - picture) / rate), next: made, magnitude: Number(results[magnitude.name]?.data[0]) }
}

const noise = (count: number, seed: number): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.normal())
}
const sizeOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length
const unit = (values: readonly number[]): number[] => values.map((value) => value / sizeOf(values))
/** A step is 0.004 of pictures in float32 about 0.5: 6e-8 of it. */
const near = (a: readonly number[], b: readonly number[]): void => { expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))).toBeLessThan(1e-4) }

type Plane = readonly (readonly number[])[]
const planesOf = ([, channels, height, width]: Dims, values: readonly number[]): Plane[] => Array.from({ length: channels }, (_, channel) => Array.from({ length: height }, (_row, row) => values.slice((channel * height + row) * width, (channel * height + row + 1) * width)))
const flat = (planes: readonly Plane[]): number[] => planes.flatMap((plane) => plane.flatMap((row) => [...row]))
const clamped = (plane: Plane, row: number, column: number): number => plane[Math.min(plane.length - 1, Math.max(0, row))]![Math.min(plane[0]!.length - 1, Math.max(0, column))]!
const mapPlane = (height: number, width: number, at: (row: number, column: number) => number): Plane => Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_column, column) => at(row, column)))
/** Sum of weight(t) weight(s) plane(row + t, column + s) for t and s in -radius..radius. */
const filtered = (radius: number, weight: (tap: number) => number, at: (down: number, across: number) => number): number => {
  let sum = 0
  for (let down = -radius; down <= radius; down++) for (let across = -radius; across <= radius; across++) sum += weight(down) * weight(across) * at(down, across)
  return sum
}

function blurred(planes: readonly Plane[], deviation: number): Plane[] {
  const radius = Math.ceil(3 * deviation)
  const total = Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp(-((at - radius) ** 2) / (2 * deviation ** 2))).reduce((sum, each) => sum + each, 0)
  const weight = (tap: number): number => Math.exp(-(tap ** 2) / (2 * deviation ** 2)) / total
  return planes.map((plane) => mapPlane(plane.length, plane[0]!.length, (row, column) => filtered(radius, weight, (down, across) => clamped(plane, row + down, column + across))))
}

/** Burt and Adelson's reduce and expand, all channels of a level divided by one root mean square. */
function levelled(planes: readonly Plane[], levels: number): Plane[] {
  const binomial = (tap: number): number => [6, 4, 1][Math.abs(tap)]! / 16
  const normal = (level: readonly Plane[]): Plane[] => {
    const size = Math.sqrt(flat(level).reduce((sum, value) => sum + value * value, 0) / flat(level).length)
    return level.map((plane) => mapPlane(plane.length, plane[0]!.length, (row, column) => plane[row]![column]! / Math.max(size, 1e-10)))
  }
  const [height, width] = [planes[0]!.length, planes[0]![0]!.length]
  if (levels === 0 || Math.min(height, width) < 2) return normal(planes)
  const coarse = planes.map((plane) => mapPlane(Math.ceil(height / 2), Math.ceil(width / 2), (row, column) => filtered(2, binomial, (down, across) => clamped(plane, 2 * row + down, 2 * column + across))))
  // Fine positions that lie on a coarse sample have its value, four times; the others have none.
  const expanded = (from: readonly Plane[]): Plane[] => from.map((plane) => mapPlane(height, width, (row, column) =>
    filtered(2, binomial, (down, across) => ((row + down) % 2 === 0 && (column + across) % 2 === 0 ? 4 * clamped(plane, (row + down) / 2, (column + across) / 2) : 0))))
  const sum = (a: readonly Plane[], b: readonly Plane[], sign: number): Plane[] => a.map((plane, channel) => mapPlane(height, width, (row, column) => plane[row]![column]! + sign * b[channel]![row]![column]!))
  return sum(normal(sum(planes, expanded(coarse), -1)), expanded(levelled(coarse, levels - 1)), 1)
}

describe('a step', () => {
  it('is the gradient over its mean magnitude, and stays within 0 to 1', async () => {
    const dims = [1, 3, 9, 14] as const
    const gradient = noise(378, 1)
    const { moved, magnitude } = await stepOf(dims, gradient, {})
    near(moved, unit(gradient))
    expect(magnitude).toBeCloseTo(sizeOf(gradient), 5)
    const { next } = await stepOf(dims, gradient, {}, { picture: 0.999, rate: 0.5 })
    gradient.forEach((value, at) => expect(next[at]!).toBeCloseTo(Math.min(1, Math.max(0, 0.999 + (0.5 * value) / sizeOf(gradient))), 5))
  })
  it('is as long in what a mask lets through, and nothing elsewhere', async () => {
    const gradient = noise(3 * 48, 2)
    const mask = Float32Array.from({ length: 48 }, (_, at) => (at % 8 < 4 ? 0 : at % 8 === 4 ? 0.25 : 1))
    const weights = [...mask, ...mask, ...mask]
    const size = gradient.reduce((sum, value, at) => sum + weights[at]! * Math.abs(value), 0) / weights.reduce((sum, weight) => sum + weight, 0)
    const { moved, magnitude } = await stepOf([1, 3, 6, 8], gradient, {}, { mask })
    near(moved, gradient.map((value, at) => (weights[at]! * value) / size))
    expect(magnitude).toBeCloseTo(size, 5)
    expect((await stepOf([1, 3, 6, 8], gradient, {}, { mask: new Float32Array(48) })).magnitude).toBe(0)
  })
  it.each([1e-12, 1e9])('is no other where the gradient is %d times as large', async (factor) => {
    const gradient = noise(3 * 48, 3)
    near((await stepOf([1, 3, 6, 8], gradient.map((value) => factor * value), {})).moved, unit(gradient))
  })
  it('leaves the picture where there is no gradient', async () => {
    const { next, magnitude } = await stepOf([1, 3, 9, 1], new Float32Array(27), { smoothing: 1, pyramid: 4, evenness: 1, natural: 1 })
    expect(magnitude).toBe(0)
    expect(next.every((value) => value === 0.5)).toBe(true)
  })
})

describe('a smoothed gradient', () => {
  it.each([[0.6, [1, 3, 12, 17]], [1.5, [1, 1, 21, 21]], [3, [1, 2, 5, 4]]] as const)('is the Gaussian of %d pixels, its borders repeated: %j', async (deviation, dims) => {
    const gradient = noise(dims[1] * dims[2] * dims[3], 4)
    near((await stepOf(dims, gradient, { smoothing: deviation })).moved, unit(flat(blurred(planesOf(dims, gradient), deviation))))
  })
})

describe('a gradient with its levels brought to one strength', () => {
  it.each([[1, [1, 3, 16, 24]], [4, [1, 3, 33, 46]], [8, [1, 2, 13, 7]], [3, [1, 1, 1, 9]]] as const)('is split, normalized and put together: %d levels of %j', async (pyramid, dims) => {
    const gradient = noise(dims[1] * dims[2] * dims[3], 5)
    near((await stepOf(dims, gradient, { pyramid })).moved, unit(flat(levelled(planesOf(dims, gradient), pyramid))))
  })
  it('gives coarse waves the strength of fine noise', async () => {
    const wave = (at: number): number => Math.sin((2 * Math.PI * (at % 96)) / 48)
    const gradient = noise(64 * 96, 2).map((value, at) => 0.02 * wave(at) + value)
    const share = (values: readonly number[]): number => values.reduce((sum, value, at) => sum + value * wave(at), 0) / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) * values.length * 0.5)
    expect(Math.abs(share(gradient))).toBeLessThan(0.1)
    expect(share((await stepOf([1, 1, 64, 96], gradient, { pyramid: 4 })).moved)).toBeGreaterThan(2 * Math.abs(share(gradient)))
  })
})

describe('a gradient that is the same everywhere', () => {
  it('brings a quiet half nearer to a loud one', async () => {
    const { moved } = await stepOf([1, 3, 40, 80], noise(3 * 40 * 80, 5).map((value, at) => value * (at % 80 < 40 ? 1 : 0.1)), { evenness: 1 })
    const half = (inside: (column: number) => boolean): number => sizeOf(moved.filter((_, at) => inside(at % 80)))
    const ratio = half((column) => column >= 44) / half((column) => column < 36)
    expect(ratio).toBeGreaterThan(0.85)
    expect(ratio).toBeLessThan(1.15)
  })
  it('is divided by the size of its cell to that power, straight between the corners', async () => {
    // Cells of one pixel: ten along the shorter side.
    const gradient = noise(120, 6)
    const mean = sizeOf(gradient)
    near((await stepOf([1, 1, 10, 12], gradient, { evenness: 0.5 })).moved, unit(gradient.map((value) => value * Math.max(0.02, Math.abs(value) / mean) ** -0.5)))
    // Two rows of cells: their factors at the corners, and halves of both in between.
    const rows = [1, 1, 1, 4, 4, 4]
    const [low, high] = [(1 / 2.5) ** -1, (4 / 2.5) ** -1]
    const { moved } = await stepOf([1, 1, 1, 6], rows, { evenness: 1 })
    expect(moved[0]! / moved[5]!).toBeCloseTo((rows[0]! * low) / (rows[5]! * high), 4)
  })
})

describe('natural colors', () => {
  it('keep gray moves and weaken colored ones', async () => {
    const { moved } = await stepOf([1, 3, 1, 2], [1, 1, 1, -1, 1, 0], { natural: 1 })
    expect(Math.hypot(moved[0]!, moved[2]!, moved[4]!) / Math.sqrt(3)).toBeGreaterThan((4 * Math.hypot(moved[1]!, moved[3]!, moved[5]!)) / Math.SQRT2)
  })
  it('are moved to by Lucid\'s covariance, in part where a part is asked for', async () => {
    const root = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]]
    const covariance = root.map((row) => root.map((other) => row.reduce((sum, value, at) => sum + value * other[at]!, 0)))
    const most = Math.max(...covariance.flat())
    const gradient = noise(3 * 20, 7)
    const turned = gradient.map((value, at) => 0.6 * value + covariance[Math.floor(at / 20)]!.reduce((sum, weight, other) => sum + ((0.4 * weight) / most) * gradient[other * 20 + (at % 20)]!, 0))
    near((await stepOf([1, 3, 4, 5], gradient, { natural: 0.4 })).moved, unit(turned))
    near((await stepOf([1, 1, 4, 5], gradient.slice(0, 20), { natural: 0.4 })).moved, unit(gradient.slice(0, 20)))
  })
})

describe('a step strip by strip', () => {
  // Two rows of 2^19 pixels fill a strip.
  it.each([['a small picture', [1, 3, 9, 14]], ['a picture of several strips', [1, 2, 3, 2 ** 19]]] as const)('is that of all at once: %s', { timeout: 30_000 }, async (_, dims) => {
    const [, channels, height, width] = dims
    const random = createRandom(8)
    const gradient = Float32Array.from({ length: channels * height * width }, () => random.uniform(-1, 1))
    const mask = Float32Array.from({ length: height * width }, (_each, at) => (at % 7) / 6)
    const strips = new Strips(runtime, 'rule-test/', undefined)
    const picture = floatTensor(dims, new Float32Array(gradient.length).fill(0.5))
    const whole = await stepOf(dims, gradient, {}, { mask })
    const magnitude = await strips.magnitude(floatTensor(dims, gradient), mask)
    expect(magnitude / whole.magnitude).toBeCloseTo(1, 5)
    await strips.move(picture, floatTensor(dims, gradient), 0.004, magnitude, mask)
    expect(picture.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - whole.next[at]!)), 0)).toBeLessThan(1e-6)
    await runtime.drop('rule-test/')
  })
  it('is shaped by all of it', async () => {
    const dims = [1, 3, 24, 17] as const
    const gradient = noise(3 * 24 * 17, 9)
    const shaping = { smoothing: 0.8, pyramid: 3, evenness: 0.5, natural: 0.5 }
    const strips = new Strips(runtime, 'rule-test/', undefined)
    const made = await strips.shape(floatTensor(dims, Float32Array.from(gradient)), shaping)
    near(unit([...made.data]), (await stepOf(dims, gradient, shaping)).moved)
    expect(await strips.magnitude(made)).toBeCloseTo(sizeOf([...made.data]), 5)
  })
})
