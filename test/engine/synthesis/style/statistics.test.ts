import { describe, expect, it } from 'vitest'
import { Emit } from '#engine/autodiff/emit.ts'
import type { Value } from '#engine/autodiff/emit.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { statistics } from '#engine/synthesis/style/registry.ts'
import { runModel } from '../../../support/run-model.ts'

type Rows = readonly (readonly number[])[]

const emitter = (): Emit => new Emit({ target: cpuTarget, opset: 18, prefix: 'test' })
const input = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })

async function run(emit: Emit, inputs: Readonly<Record<string, FloatTensor>>, outputs: Readonly<Record<string, Value>>): Promise<Record<string, number[]>> {
  const info = (name: string, shape: readonly number[]) => ({ name, type: { kind: 'tensor' as const, dataType: 'float32' as const, shape } })
  const results = await runModel({
    irVersion: 8, opsets: new Map([['', 18]]), producerName: '', producerVersion: '', domain: '', modelVersion: 1, doc: '', metadata: new Map(), functions: [],
    graph: { name: 'test', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), inputs: Object.entries(inputs).map(([name, { dims }]) => info(name, dims)), outputs: Object.values(outputs).map(({ name, dims }) => info(name, dims)) },
  }, inputs)
  return Object.fromEntries(Object.entries(outputs).map(([key, { name }]) => [key, Array.from(results[name]!.data as Float32Array)]))
}

const tensor = (rows: Rows): FloatTensor => floatTensor([rows.length, rows[0]!.length], Float32Array.from(rows.flat()))
const features = (channels: number, positions: number, seed: number): Rows => {
  const random = createRandom(seed)
  return Array.from({ length: channels }, (_, channel) => Array.from({ length: positions }, () => Math.max(0, random.normal(0.3 + 0.1 * channel, 0.5))))
}
const momentsOf = (rows: Rows): { products: FloatTensor; sums: FloatTensor; count: number } => ({
  products: tensor(rows.map((a) => rows.map((b) => a.reduce((sum, value, at) => sum + value * b[at]!, 0)))), sums: tensor(rows.map((row) => [row.reduce((sum, value) => sum + value, 0)])), count: rows[0]!.length,
})

/** Loss, and dL/dS and dL/ds, of the features of a picture against those of a style. */
async function lossOf(id: string, seen: Rows, style: Rows): Promise<{ value: number; products: number[]; sums: number[] }> {
  const statistic = statistics.get(id)!
  const channels = seen.length
  const kept = momentsOf(style)
  const before = emitter()
  const target = statistic.target(before, { products: input('S', [channels, channels]), sums: input('s', [channels, 1]), count: kept.count })
  const targets = await run(before, { S: kept.products, ...(statistic.readsSums ? { s: kept.sums } : {}) }, target)
  const emit = emitter()
  const dims = statistic.targetDims(channels)
  const now = momentsOf(seen)
  const loss = statistic.loss(emit, { products: input('S', [channels, channels]), sums: input('s', [channels, 1]), count: now.count }, Object.fromEntries(Object.entries(dims).map(([part, shape]) => [part, input(part, shape)])))
  const fed = Object.fromEntries(Object.entries(dims).map(([part, shape]) => [part, floatTensor(shape, Float32Array.from(targets[part]!))]))
  const results = await run(emit, { S: now.products, ...(statistic.readsSums ? { s: now.sums } : {}), ...fed }, { value: loss.value, products: loss.products, ...(loss.sums ? { sums: loss.sums } : {}) })
  return { value: results['value']![0]!, products: results['products']!, sums: results['sums'] ?? Array<number>(channels).fill(0) }
}

/** By the chain rule to the features: dL/df_p = 2 dL/dS f_p + dL/ds. */
const toFeatures = (seen: Rows, { products, sums }: { products: number[]; sums: number[] }): number[][] =>
  seen.map((row, channel) => row.map((_, at) => seen.reduce((sum, other, index) => sum + 2 * products[channel * seen.length + index]! * other[at]!, sums[channel]!)))

/** float32, and differences over a hundredth of the features' spread. */
const tolerance = 0.02

describe.each([...statistics.keys()])('%s as a loss', (id) => {
  it('has the gradient that small changes of the features show', async () => {
    const [seen, style] = [features(4, 60, 1), features(4, 90, 2)]
    const gradient = toFeatures(seen, await lossOf(id, seen, style))
    const random = createRandom(3)
    for (let direction = 0; direction < 4; direction++) {
      const along = seen.map((row) => row.map(() => random.normal(0, 1)))
      const step = 5e-3
      const moved = (by: number): Rows => seen.map((row, channel) => row.map((value, at) => value + by * along[channel]![at]!))
      const slope = ((await lossOf(id, moved(step), style)).value - (await lossOf(id, moved(-step), style)).value) / (2 * step)
      const expected = gradient.flat().reduce((sum, value, at) => sum + value * along.flat()[at]!, 0)
      expect(Math.abs(slope - expected)).toBeLessThan(tolerance * Math.max(Math.abs(expected), 0.02))
    }
  })

  it('is zero, and flat, where picture and style are told apart by nothing but the order of their positions', async () => {
    const style = features(5, 80, 4)
    const order = createRandom(5).shuffle(style[0]!.map((_, at) => at))
    const { value, products, sums } = await lossOf(id, style.map((row) => order.map((at) => row[at]!)), style)
    expect(Math.abs(value)).toBeLessThan(1e-3)
    const steep = Math.hypot(...toFeatures(style, await lossOf(id, features(5, 80, 6), style)).flat())
    expect(Math.hypot(...toFeatures(style, { products, sums }).flat())).toBeLessThan(0.02 * steep)
  })
})

describe('the Wasserstein distance of Gaussians', () => {
  it('is that of their means and standard deviations where the features are uncorrelated: the sum of (mu - nu)^2 + (sigma - tau)^2', async () => {
    // Rows of a Hadamard matrix: uncorrelated, of mean 0 and variance 1.
    const waves = [[1, 1, -1, -1, 1, 1, -1, -1], [1, -1, 1, -1, 1, -1, 1, -1], [1, -1, -1, 1, 1, -1, -1, 1]]
    const made = (means: readonly number[], deviations: readonly number[]): Rows => waves.map((wave, channel) => wave.map((value) => means[channel]! + deviations[channel]! * value))
    const [mu, sigma, nu, tau] = [[1, 0.5, 2], [0.6, 1.2, 0.9], [0.4, 1, 1.5], [1, 0.7, 0.8]] as const
    const { value } = await lossOf('wasserstein', made(mu, sigma), made(nu, tau))
    // Both covariances have a hundredth of the style's mean variance added.
    const ridge = (0.01 * tau.reduce((sum, each) => sum + each ** 2, 0)) / 3
    const scale = nu.reduce((sum, each) => sum + each ** 2, 0) + tau.reduce((sum, each) => sum + each ** 2 + ridge, 0)
    const expected = mu.reduce((sum, each, at) => sum + (each - nu[at]!) ** 2 + (Math.sqrt(sigma[at]! ** 2 + ridge) - Math.sqrt(tau[at]! ** 2 + ridge)) ** 2, 0) / scale
    expect(Math.abs(value - expected)).toBeLessThan(1e-4 * expected)
  })

  it('stays finite for maps with fewer positions than channels, whose covariance has no inverse', async () => {
    const { value, products } = await lossOf('wasserstein', features(24, 6, 7), features(24, 9, 8))
    expect(value).toBeGreaterThan(0)
    expect(products.every(Number.isFinite)).toBe(true)
  })
})
