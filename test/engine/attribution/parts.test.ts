import { describe, expect, it } from 'vitest'
import { baselineIds, baselineOf } from '#engine/attribution/baselines.ts'
import { channelSum, largestMagnitude } from '#engine/attribution/gradients.ts'
import { optionValues } from '#engine/attribution/options.ts'
import { addNoise } from '#engine/attribution/noise.ts'
import { gaussLegendre, trapezoid } from '#engine/attribution/quadrature.ts'
import { attributionMethods, findMethod, methodInfos } from '#engine/attribution/registry.ts'
import { upsampleBilinear } from '#engine/attribution/upsample.ts'
import { MethodInfo } from '#contract/explain.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'

const integrate = ({ nodes, weights }: { nodes: readonly number[]; weights: readonly number[] }, f: (x: number) => number): number =>
  nodes.reduce((sum, node, index) => sum + (weights[index] ?? 0) * f(node), 0)

describe('quadrature over [0, 1]', () => {
  it.each([1, 2, 3, 5, 8, 50, 301])('Gauss-Legendre of %i nodes is exact up to degree 2n - 1', (count) => {
    const rule = gaussLegendre(count)
    for (const degree of [0, 1, 2 * count - 2, 2 * count - 1]) expect(integrate(rule, (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 12)
    expect(rule.nodes.toSorted((a, b) => a - b)).toEqual(rule.nodes)
    expect(rule.nodes.every((node) => node > 0 && node < 1)).toBe(true)
  })

  it('Gauss-Legendre of n nodes is not exact at degree 2n', () => {
    expect(Math.abs(integrate(gaussLegendre(2), (x) => x ** 4) - 0.2)).toBeGreaterThan(1e-3)
  })

  it('trapezoids integrate lines exactly and have steps + 1 nodes', () => {
    const rule = trapezoid(7)
    expect(rule.nodes).toHaveLength(8)
    expect(integrate(rule, (x) => 3 * x + 1)).toBeCloseTo(2.5, 12)
  })
})

describe('reducing channels', () => {
  const gradient = floatTensor([1, 3, 1, 2], Float32Array.of(1, -2, -5, 1, 2, 0))
  it('takes the largest magnitude, or the sum with its sign', () => {
    expect([...largestMagnitude(gradient).data]).toEqual([5, 2])
    expect([...channelSum(gradient).data]).toEqual([-2, -1])
    expect(largestMagnitude(gradient).dims).toEqual([1, 2])
  })
})

describe('bilinear enlargement', () => {
  it('agrees with torch.nn.functional.interpolate', () => {
    // interpolate(tensor([[1, 2], [3, 5]]), (4, 4), mode='bilinear', align_corners=False)
    const expected = [1, 1.25, 1.75, 2, 1.5, 1.8125, 2.4375, 2.75, 2.5, 2.9375, 3.8125, 4.25, 3, 3.5, 4.5, 5]
    expect([...upsampleBilinear(floatTensor([2, 2], Float32Array.of(1, 2, 3, 5)), 4, 4).data]).toEqual(expected)
  })

  it('keeps a map of the same size, and a constant', () => {
    const map = floatTensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    expect(upsampleBilinear(map, 2, 3).data).toEqual(map.data)
    expect(new Set(upsampleBilinear(floatTensor([1, 1], Float32Array.of(7)), 5, 3).data)).toEqual(new Set([7]))
  })
})

describe('baselines', () => {
  const picture = floatTensor([1, 2, 8, 8], Float32Array.from({ length: 128 }, (_, index) => (index % 7) / 6))
  it.each(baselineIds)('%s has the picture\'s shape and stays in its range', (id) => {
    const baseline = baselineOf(picture, id)
    expect(baseline.dims).toEqual(picture.dims)
    expect(baseline.data.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(baseline.data).not.toEqual(picture.data)
  })

  it('mean keeps each channel\'s mean; blur keeps a constant picture and lowers contrast', () => {
    const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
    for (const channel of [0, 1]) expect(baselineOf(picture, 'mean').data[channel * 64]).toBeCloseTo(mean(picture.data.subarray(channel * 64, channel * 64 + 64)), 5)
    const flat = floatTensor([1, 1, 4, 4], new Float32Array(16).fill(0.25))
    for (const value of baselineOf(flat, 'blur').data) expect(value).toBeCloseTo(0.25, 6)
    const board = floatTensor([1, 1, 16, 16], Float32Array.from({ length: 256 }, (_, index) => (index + (index >> 4)) % 2))
    const blurred = baselineOf(board, 'blur').data
    // The repeated border keeps a little of it.
    expect(Math.max(...blurred) - Math.min(...blurred)).toBeLessThan(0.3)
  })
})

describe('noise', () => {
  const noise = (seed: number, length = 100_000): Float32Array => { const into = new Float32Array(length); addNoise(new Float32Array(length).fill(3), into, 0.5, seed); return into }
  it('is Gaussian, of the deviation asked for, around the picture', () => {
    const values = Array.from(noise(1), (value) => (value - 3) / 0.5)
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / values.length
    // Standard errors of the first four moments over 100,000 draws: 0.003, 0.0045, 0.012, 0.031; four of them are allowed.
    expect(Math.abs(moment(1))).toBeLessThan(0.013)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018)
    expect(Math.abs(moment(3))).toBeLessThan(0.05)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.13)
    const neighbors = values.slice(1).reduce((sum, value, index) => sum + value * values[index]!, 0) / values.length
    expect(Math.abs(neighbors)).toBeLessThan(0.013)
  })
  it('is the same for the same seed, another for another, of any length', () => {
    expect(noise(7, 101)).toEqual(noise(7, 101))
    expect(noise(7, 101)).not.toEqual(noise(8, 101))
    expect(noise(7, 101)).toEqual(noise(7, 102).subarray(0, 101))
  })
})

describe('the methods', () => {
  it('are the five, described as the contract wants', () => {
    expect([...attributionMethods.keys()].slice(0, 5)).toEqual(['gradient', 'gradient-input', 'smoothgrad', 'integrated-gradients', 'grad-cam'])
    for (const info of methodInfos()) expect(MethodInfo.parse(info)).toEqual(info)
    expect(() => findMethod('deconvnet')).toThrow(expect.objectContaining({ code: 'method-unknown', message: expect.stringContaining('smoothgrad') }))
  })

  it('have options that are checked and completed', () => {
    const values = (id: string, given: Record<string, number | string>) => optionValues(findMethod(id), given, () => 'last', (layer) => `${layer}!`)
    expect(values('smoothgrad', {}).number('samples')).toBe(50)
    expect(values('smoothgrad', { samples: '20', noise: 0.1 }).number('samples')).toBe(20)
    expect(values('integrated-gradients', { baseline: 'blur' }).choice('baseline')).toBe('blur')
    expect(values('grad-cam', {}).layer('layer')).toBe('last')
    expect(values('grad-cam', { layer: 'conv2' }).layer('layer')).toBe('conv2!')
    for (const [id, given] of [['smoothgrad', { samples: 0 }], ['smoothgrad', { samples: 2.5 }], ['smoothgrad', { samples: 'many' }], ['smoothgrad', { noise: '' }], ['smoothgrad', { color: 1 }], ['integrated-gradients', { baseline: 'green' }]] as const)
      expect(() => values(id, given), JSON.stringify(given)).toThrow(expect.objectContaining({ code: 'option-invalid' }))
  })
})
