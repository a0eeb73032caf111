import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Target } from '#contract/explain.ts'
import { channelSum } from '#engine/attribution/gradients.ts'
import { explain } from '#engine/attribution/explain.ts'
import { resolveTarget } from '#engine/attribution/target.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { addNoise } from '#engine/attribution/noise.ts'
import { streamSeed } from '#engine/lib/random.ts'
import { displayOf, modelPath, pictureOf, referenceCases, relativeError } from '../../support/attribution-fixtures.ts'

/** float32 against PyTorch's float64 over five layers. A flipped ReLU or a tie in a pool would show as 1e-2 and more. */
const tolerance = 2e-5
const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
afterAll(() => runtime.dispose())

describe.each(referenceCases)('on $name, against PyTorch', (reference) => {
  const display = displayOf(reference)
  const picture = pictureOf(reference)
  let network: Network
  beforeAll(async () => { network = await openNetwork(modelPath(reference), { runtime }) })
  afterAll(() => network.dispose())

  const target = (wanted: Target = { kind: 'class', index: reference.label }) => resolveTarget(network, display, picture, wanted)
  const run = async (method: string, options = {}) => explain({ network, display, picture, target: await target(), method, options, seed: 5 })
  const gradientOf = async (wanted: Target) => {
    const { tensor, seed } = await target(wanted)
    return (await network.gradient({ of: tensor, seed, wrt: [displayInput], display, inputs: { [displayInput]: picture } })).gradients[displayInput]!
  }
  const lastMaps = () => network.structure.layers.findLast((layer) => layer.view.type === 'maps' && layer.shape[1] === 8 && layer.kind === 'concat')!.id

  it('takes the logits before the Softmax', async () => {
    const { tensor, label } = await target()
    expect(relativeError((await network.forward({ [displayInput]: picture }, [tensor], { display }))[tensor]!.data as Float32Array, reference.logits)).toBeLessThan(tolerance)
    expect(label).toBe('cat')
  })

  it('ranks classes by their logits', async () => {
    const best = reference.logits.indexOf(Math.max(...reference.logits))
    const worst = reference.logits.indexOf(Math.min(...reference.logits))
    expect(await target({ kind: 'top', rank: 1 })).toMatchObject({ index: best })
    expect(await target({ kind: 'top', rank: 5 })).toMatchObject({ index: worst })
  })

  it('gives the gradient of a class, of a difference, of a unit and of one position, in display space', async () => {
    expect(relativeError((await gradientOf({ kind: 'class', index: reference.label })).data, reference.gradient)).toBeLessThan(tolerance)
    expect(relativeError((await gradientOf({ kind: 'difference', index: reference.label, against: 0 })).data, reference.difference)).toBeLessThan(tolerance)
    const layer = lastMaps()
    expect(relativeError((await gradientOf({ kind: 'unit', layer, unit: reference.unit })).data, reference.unitGradient)).toBeLessThan(tolerance)
    expect(relativeError((await gradientOf({ kind: 'unit', layer, unit: reference.unit, position: [...reference.position] })).data, reference.positionGradient)).toBeLessThan(tolerance)
  })

  it.each(['gradient', 'gradient-input'])('%s', async (method) => {
    const { map } = await run(method)
    expect(map.dims).toEqual([12, 12])
    expect(relativeError(map.data, reference.maps[method]!)).toBeLessThan(tolerance)
  })

  it.each(['black', 'gray'])('integrated gradients by trapezoids, baseline %s', async (baseline) => {
    const { map } = await run('integrated-gradients', { steps: 20, rule: 'trapezoid', baseline })
    expect(relativeError(map.data, reference.maps[`integrated-gradients ${baseline}`]!)).toBeLessThan(tolerance)
  })

  it('Grad-CAM at the last layer with maps', async () => {
    const { map, layer } = await run('grad-cam', { layer: lastMaps() })
    expect(layer).toBe(lastMaps())
    expect(relativeError(map.data, reference.maps['grad-cam']!)).toBeLessThan(tolerance)
    expect(map.data.every((value) => value >= 0)).toBe(true)
  })

  it.each(['black', 'white', 'gray', 'blur', 'mean'])('integrated gradients are complete, baseline %s', async (baseline) => {
    const { facts, map } = await run('integrated-gradients', { steps: 300, baseline })
    const sum = map.data.reduce((total, value) => total + value, 0)
    const size = map.data.reduce((total, value) => total + Math.abs(value), 0)
    const missed = Math.abs(sum - (Number(facts['score']) - Number(facts['baselineScore'])))
    // Kinks of ReLU and of pools along the path leave an error that falls with 1/steps.
    expect(missed / size).toBeLessThan(5e-3)
    expect(facts['completenessError']).toBeCloseTo(missed / Math.abs(Number(facts['score']) - Number(facts['baselineScore'])), 6)
  })

  it('SmoothGrad is the mean of gradients at pictures with seeded noise', async () => {
    const samples = 7
    const { map } = await run('smoothgrad', { samples, noise: 0.2 })
    const range = Math.max(...picture.data) - Math.min(...picture.data)
    const { tensor, seed } = await target()
    const mean = new Float32Array(picture.data.length)
    for (let sample = 0; sample < samples; sample++) {
      const noisy = floatTensor(picture.dims, new Float32Array(picture.data.length))
      addNoise(picture.data, noisy.data, 0.2 * range, streamSeed(5, sample))
      const { gradients } = await network.gradient({ of: tensor, seed, wrt: [displayInput], display, inputs: { [displayInput]: noisy } })
      gradients[displayInput]!.data.forEach((value, index) => { mean[index]! += value / samples })
    }
    const plane = 144
    const expected = Float32Array.from({ length: plane }, (_, pixel) => Math.max(...Array.from({ length: mean.length / plane }, (__, channel) => Math.abs(mean[channel * plane + pixel]!))))
    expect(relativeError(map.data, expected)).toBeLessThan(tolerance)
  })

  it('SmoothGrad without noise is the gradient, and its seed decides the rest', async () => {
    const plain = await run('gradient')
    expect(relativeError((await run('smoothgrad', { samples: 3, noise: 0 })).map.data, plain.map.data)).toBeLessThan(tolerance)
    const noisy = await run('smoothgrad', { samples: 5 })
    expect((await run('smoothgrad', { samples: 5 })).map.data).toEqual(noisy.map.data)
    const other = await explain({ network, display, picture, target: await target(), method: 'smoothgrad', options: { samples: 5 }, seed: 6 })
    expect(relativeError(other.map.data, noisy.map.data)).toBeGreaterThan(1e-3)
  })

  it('the gradient of a difference is the difference of gradients', async () => {
    const [a, b, difference] = await Promise.all([gradientOf({ kind: 'class', index: 3 }), gradientOf({ kind: 'class', index: 1 }), gradientOf({ kind: 'difference', index: 3, against: 1 })])
    expect(relativeError(difference.data, a.data.map((value, index) => value - b.data[index]!))).toBeLessThan(tolerance)
  })

  it('inverting the display space turns the gradient round', async () => {
    const flipped = { ...display, inverted: !display.inverted }
    const negative = floatTensor(picture.dims, picture.data.map((value) => 1 - value))
    const { tensor, seed } = await target()
    const { gradients } = await network.gradient({ of: tensor, seed, wrt: [displayInput], display: flipped, inputs: { [displayInput]: negative } })
    expect(relativeError(gradients[displayInput]!.data, reference.gradient.map((value) => -value))).toBeLessThan(tolerance)
    expect(relativeError(channelSum(gradients[displayInput]!).data, channelSum(await gradientOf({ kind: 'class', index: reference.label })).data.map((value) => -value))).toBeLessThan(tolerance)
  })
})

describe('what explain refuses', () => {
  const reference = referenceCases[0]!
  const display = displayOf(reference)
  const picture = pictureOf(reference)
  let network: Network
  beforeAll(async () => { network = await openNetwork(modelPath(reference), { runtime }) })
  afterAll(() => network.dispose())
  const target = (wanted: Target) => resolveTarget(network, display, picture, wanted)

  it('classes, units, layers and positions that do not exist', async () => {
    await expect(target({ kind: 'class', index: 5 })).rejects.toMatchObject({ code: 'target-invalid', message: expect.stringContaining('0 to 4') })
    await expect(target({ kind: 'top', rank: 6 })).rejects.toMatchObject({ code: 'target-invalid' })
    await expect(target({ kind: 'difference', index: 1, against: 1 })).rejects.toMatchObject({ code: 'target-invalid' })
    await expect(target({ kind: 'unit', layer: 'nowhere', unit: 0 })).rejects.toMatchObject({ code: 'layer-invalid' })
    const layer = network.structure.layers.find((candidate) => candidate.view.type === 'maps' && candidate.kind === 'convolution')!.id
    await expect(target({ kind: 'unit', layer, unit: 99 })).rejects.toMatchObject({ code: 'target-invalid' })
    await expect(target({ kind: 'unit', layer, unit: 0, position: [99, 0] })).rejects.toMatchObject({ code: 'target-invalid' })
  })

  it('a layer without maps, methods and records that do not exist', async () => {
    const base = { network, display, picture, target: await target({ kind: 'class', index: 0 }), seed: 0 }
    const dense = network.structure.layers.find((layer) => layer.view.type === 'vector')!.id
    await expect(explain({ ...base, method: 'grad-cam', options: { layer: dense } })).rejects.toMatchObject({ code: 'layer-invalid' })
    await expect(explain({ ...base, method: 'lime' })).rejects.toMatchObject({ code: 'method-unknown' })
    const wrong = { preprocessing: { ...display.preprocessing, input: 'image' } }
    await expect(explain({ ...base, display: wrong, method: 'gradient' })).rejects.toMatchObject({ code: 'preprocessing-invalid', message: expect.stringContaining("'data'") })
    const large = { preprocessing: { ...display.preprocessing, height: 13 } }
    await expect(explain({ ...base, display: large, method: 'gradient' })).rejects.toMatchObject({ code: 'shape-mismatch' })
  })

  it('to go on once it is cancelled, and reports progress until then', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const running = explain({
      network, display, picture, target: await target({ kind: 'class', index: 0 }), seed: 0, method: 'integrated-gradients', options: { steps: 200 }, signal: controller.signal,
      onProgress: (fraction) => { seen.push(fraction); if (fraction > 0.2) controller.abort() },
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(seen.at(-1)).toBeLessThan(0.9)
  })
})
