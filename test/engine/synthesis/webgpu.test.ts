/** Every kind of synthesis on WebGPU, by its own work or attack, against the CPU's numbers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DreamSettings } from '#contract/dream.ts'
import type { FeatureTarget, FeaturesSettings } from '#contract/features.ts'
import type { StyleSettings } from '#contract/style.ts'
import type { DeviceId } from '#contract/application.ts'
import { logOdds } from '#engine/fooling/goal.ts'
import { Probe } from '#engine/fooling/probe.ts'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { finishWork, resource } from '../../support/run-work.ts'
import type { WorkBench } from '../../support/run-work.ts'
import { smallDisplay, smallNetwork, texture } from '../../support/small-dream.ts'
import { describeWithWebgpu } from '../../support/webgpu-device.ts'

/** Of the largest value: another processor's float32, which adds in another order. */
const tolerance = 1e-4
/** Adam's first moves are as long where the gradient is all rounding; of a picture in 0..1. */
const pictureTolerance = 2e-3

const owl = { sha256: 'owl', name: 'owl.png' }
const butterfly = { sha256: 'butterfly', name: 'butterfly.png' }
const dreamOf = (more: Partial<DreamSettings>) => ({ kind: 'dream' as const, seed: 2, settings: DreamSettings.parse({ picture: owl, size: 32, octaves: 1, steps: 1, targets: [{ layer: 'second' }], ...more }) })
const featureOf = (terms: FeatureTarget['terms'], more: Partial<FeaturesSettings> = {}) => ({ kind: 'features' as const, seed: 3, settings: { targets: [{ name: 'made', title: 'Made', terms }], parameterisation: 'fourier', optimiser: 'adam', steps: 2, batch: 1, alpha: false, ...more } })
const styleOf = (more: Partial<Extract<StyleSettings, { method: 'optimise' }>> = {}) => ({ kind: 'style' as const, seed: 0, settings: {
  method: 'optimise' as const, content: owl, styles: [{ picture: butterfly, weight: 1, scale: 1 }], statistic: 'gram' as const, contentWeight: 1, styleWeight: 10, smoothness: 1, optimiser: 'lbfgs' as const,
  stages: [{ size: 32, steps: 2 }], initial: 'content' as const, color: 'style' as const, ...more,
} })

await describeWithWebgpu('syntheses on WebGPU, against the CPU', () => {
  const notices: string[] = []
  const places = new Map<DeviceId, { readonly runtime: Runtime; readonly network: Network }>()
  beforeAll(async () => {
    for (const device of ['cpu', 'webgpu'] as const) {
      const runtime = createRuntime({ host: 'inline', device, threads: 1, onNotice: (message) => notices.push(message) })
      places.set(device, { runtime, network: await smallNetwork(runtime) })
    }
  })
  afterAll(async () => {
    for (const { runtime, network } of places.values()) {
      await network.dispose()
      await runtime.dispose()
    }
  })
  const benchOn = (device: DeviceId): WorkBench => ({ ...places.get(device)!, preprocessing: smallDisplay.preprocessing, pictures: { owl: resource('pictures/owl.png'), butterfly: resource('pictures/butterfly.png') } })
  const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from({ length: a.length }, (_, index) => Math.abs(a[index]! - b[index]!)).reduce((most, each) => Math.max(most, each), 0)
  const largest = (values: ArrayLike<number>): number => farthest(values, new Float32Array(values.length))

  it.each([
    ['a dream of channels, chosen by the picture', dreamOf({ targets: [{ layer: 'second', weight: 1, channels: { kind: 'strongest', count: 3 } }, { layer: 'first', weight: 0.5 }] }), tolerance],
    ['a guided dream, evened out', dreamOf({ guide: butterfly, evenness: 0.3, natural: 0.9 }), tolerance],
    ['a dream of three steps, shifted over wrapped edges, its scales brought to one strength', dreamOf({ steps: 3, edges: 'wrap', jitter: 5, smoothing: 0.7, pyramid: 3 }), pictureTolerance],
    ['a feature of a channel', featureOf([{ id: 'channel', weight: 1, layer: 'second', unit: 4 }, { id: 'total-variation', weight: -0.1 }]), pictureTolerance],
    ['a feature of a class, as a network of coordinates', featureOf([{ id: 'logit', weight: 1, class: 2 }], { parameterisation: 'cppn' }), pictureTolerance],
    ['a style by its Gram matrices', styleOf(), pictureTolerance],
    ['a style by its mean and covariance', styleOf({ statistic: 'wasserstein' }), pictureTolerance],
  ])('%s', { timeout: 120_000 }, async (_, recipe, allowed) => {
    const [cpu, webgpu] = [await finishWork(benchOn('cpu'), recipe), await finishWork(benchOn('webgpu'), recipe)]
    expect(webgpu.run.recipeOf('made').device).toBe('webgpu')
    expect(farthest(webgpu.values, cpu.values)).toBeLessThan(tolerance * largest(cpu.values))
    expect(farthest(webgpu.pictures[0]!.data, cpu.pictures[0]!.data)).toBeLessThan(allowed)
    // Nothing was left to the CPU.
    expect(notices).toEqual([])
  })

  it('the gradient that fools a network, one picture and several at once', { timeout: 120_000 }, async () => {
    const pictures = Float32Array.from([5, 6].flatMap((seed) => [...texture(32, 32, seed).data]))
    const slopesOn = async (device: DeviceId) => {
      const { runtime, network } = places.get(device)!
      const probe = new Probe(network, smallDisplay, runtime)
      const slopes = [...await probe.slopes(pictures.subarray(0, pictures.length / 2), [logOdds({ kind: 'reach', index: 1 })]), ...await probe.slopes(pictures, [logOdds({ kind: 'reach', index: 3 }), logOdds({ kind: 'leave', index: 0 })])]
      await probe.dispose()
      return slopes
    }
    const [cpu, webgpu] = [await slopesOn('cpu'), await slopesOn('webgpu')]
    for (const [index, { logits, gradient }] of cpu.entries()) {
      expect(farthest(webgpu[index]!.logits, logits)).toBeLessThan(tolerance * largest(logits))
      expect(farthest(webgpu[index]!.gradient, gradient)).toBeLessThan(tolerance * largest(gradient))
    }
    expect(notices).toEqual([])
  })
})
