import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { distanceOf, project } from '#engine/fooling/ball.ts'
import type { ClassMethod, PictureMethod, SetMethod } from '#engine/fooling/define-method.ts'
import { roundToBytes, roundWithin } from '#engine/fooling/eight-bit.ts'
import { bestOf, isReached } from '#engine/fooling/goal.ts'
import type { Goal } from '#engine/fooling/goal.ts'
import { pastePatch, patchGradient, randomPlace } from '#engine/fooling/patch-placement.ts'
import { Probe } from '#engine/fooling/probe.ts'
import { findMethod, foolingMethods } from '#engine/fooling/registry.ts'
import { settle } from '#engine/fooling/settle.ts'
import { smallestBudget } from '#engine/fooling/smallest-budget.ts'
import { smoothed } from '#engine/fooling/smooth-gradient.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { contextOf } from '../../support/fooling.ts'
import { graph, modelOf, node } from '../../support/graph-builder.ts'

/** z = W x + b over 8 x 8 gray pixels: whatever an attack should find is known in closed form. */
const [classes, pixels] = [4, 64]
const random = createRandom(11)
const weights = Float32Array.from({ length: classes * pixels }, () => random.normal())
const rowOf = (index: number): Float32Array => weights.subarray(index * pixels, (index + 1) * pixels)
const linear = modelOf(graph(
  [node('Flatten', 'x', 'flat'), node('Gemm', 'flat w b', 'z')], [['x', [1, 1, 8, 8]]], 'z',
  { w: float32Tensor([pixels, classes], Float32Array.from({ length: pixels * classes }, (_, at) => weights[(at % classes) * pixels + Math.floor(at / classes)]!)), b: float32Tensor([classes], new Float32Array(classes)) },
))
/** Far enough from black and white that small changes are not clipped. */
const picture = roundToBytes(Float32Array.from({ length: pixels }, () => random.uniform(0.35, 0.65)))
const scores = (x: Float32Array): number[] => Array.from({ length: classes }, (_, index) => rowOf(index).reduce((sum, weight, at) => sum + weight * x[at]!, 0))
const label = bestOf(scores(picture))

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
let probe: Probe
beforeAll(async () => {
  network = await openNetwork(linear, { runtime })
  probe = new Probe(network, { preprocessing: { input: 'x', layout: 'NCHW', channels: 'GRAY', scale: 1, mean: [0], std: [1], invert: false, height: 8, width: 8, fit: 'stretch', labels: [], output: 'logits', outputTensor: 'z' } }, runtime)
})
afterAll(async () => { await probe.dispose(); await network.dispose(); await runtime.dispose() })

const pictureMethod = (id: string): PictureMethod => findMethod(id) as PictureMethod
const attack = (id: string, goal: Goal, options = {}, seed = 1) => pictureMethod(id).run(contextOf(probe, findMethod(id), goal, options, seed), picture)
const leave: Goal = { kind: 'leave', index: label }

describe('attacks on a linear network', () => {
  /** The nearest border: min over k of (z_label - z_k) / |w_label - w_k|. */
  const distances = Array.from({ length: classes }, (_, index) => (index === label ? Infinity : (scores(picture)[label]! - scores(picture)[index]!) / Math.hypot(...rowOf(label).map((weight, at) => weight - rowOf(index)[at]!))))
  const nearest = Math.min(...distances)

  it('DeepFool finds the nearest border and steps over it by its overshoot', async () => {
    const found = await attack('deepfool', leave)
    expect(bestOf(scores(found))).toBe(distances.indexOf(nearest))
    // 1e-4 of score is added to the distance, as the authors do.
    expect(distanceOf(found, picture, 1).l2 / 255 / (1.02 * nearest)).toBeCloseTo(1, 2)
  })

  it('Carlini and Wagner come as near as that border lies', async () => {
    const found = await attack('cw', leave, { steps: 200, searches: 8, rate: 0.005 })
    expect(isReached(leave, scores(found))).toBe(true)
    const length = distanceOf(found, picture, 1).l2 / 255
    expect(length / nearest).toBeGreaterThan(0.999)
    expect(length / nearest).toBeLessThan(1.1)
  })

  it('the fast gradient sign method moves every pixel by the budget, against the sign of the log-odds', async () => {
    const found = await attack('fgsm', leave, { budget: 3 })
    const others = scores(picture).map((score, index) => (index === label ? 0 : Math.exp(score)))
    const total = others.reduce((sum, value) => sum + value, 0)
    found.forEach((value, at) => {
      const slope = rowOf(label)[at]! - others.reduce((sum, value, index) => sum + (value / total) * rowOf(index)[at]!, 0)
      expect(value - picture[at]!).toBeCloseTo(-Math.sign(slope) * 3 / 255, 5)
    })
  })

  it.each(['fgsm', 'bim', 'pgd', 'mi-fgsm'])('%s stays within its budget and 0..1, also when rounded', async (id) => {
    for (const budget of [0.7, 1, 5, 80]) {
      const found = await attack(id, { kind: 'reach', index: (label + 1) % classes }, { budget })
      expect(distanceOf(found, picture, 1).linf).toBeLessThanOrEqual(budget + 1e-3)
      expect(found.every((value) => value >= 0 && value <= 1)).toBe(true)
      expect(distanceOf(roundWithin(found, picture, { norm: 'linf', radius: budget }), picture, 1).linf).toBeLessThanOrEqual(Math.floor(budget) + 1e-3)
    }
  })

  it('projected gradients of L2 stay in the ball, and with restarts keep the best', async () => {
    for (const radius of [10, 60]) {
      const found = await attack('pgd', leave, { norm: 'l2', budget: radius, restarts: 3 })
      expect(distanceOf(found, picture, 1).l2).toBeLessThanOrEqual(radius * 1.0001)
      expect(distanceOf(roundWithin(found, picture, { norm: 'l2', radius }), picture, 1).l2).toBeLessThanOrEqual(radius * 1.001)
    }
  })

  it('a budget beyond the nearest border fools, one before it cannot', async () => {
    const fools = async (radius: number): Promise<boolean> => isReached(leave, scores(await attack('pgd', leave, { norm: 'l2', budget: radius, steps: 60 })))
    expect(await fools(255 * nearest * 1.15)).toBe(true)
    expect(await fools(255 * nearest * 0.95)).toBe(false)
  })

  it('one pixel changes that many pixels and no more', async () => {
    const found = await attack('one-pixel', { kind: 'reach', index: (label + 1) % classes }, { pixels: 3, population: 60, generations: 30 })
    expect(distanceOf(found, picture, 1).l0).toBeLessThanOrEqual(3)
    expect(scores(found)[(label + 1) % classes]! - scores(found)[label]!).toBeGreaterThan(scores(picture)[(label + 1) % classes]! - scores(picture)[label]!)
  })

  it('momentum of zero is the basic iterative method', async () => {
    const options = { budget: 4, steps: 8 }
    expect(await attack('mi-fgsm', leave, { ...options, momentum: 0 })).toEqual(await attack('bim', leave, { ...options, step: 0.5 }))
  })

  it('the same seed gives the same picture, another one another', async () => {
    const far: Goal = { kind: 'reach', index: (label + 2) % classes }
    const [a, b, c] = [await attack('pgd', far, { budget: 1 }, 5), await attack('pgd', far, { budget: 1 }, 5), await attack('pgd', far, { budget: 1, steps: 1 }, 6)]
    expect(b).toEqual(a)
    expect(c).not.toEqual(a)
  })

  it('class ascent is sure of the rounded picture, from noise and from a picture, with and without a prior', async () => {
    const method = findMethod('ascent') as ClassMethod
    for (const [start, prior] of [[undefined, 'none'], [picture, 'none'], [picture, 'natural'], [undefined, 'natural']] as const) {
      const made = await method.run(contextOf(probe, method, { kind: 'reach', index: 2 }, { prior, rate: 8, steps: 150 }), start)
      // Weights of white noise have nothing smooth that could be made use of: with the prior the picture is black and white before it is quite sure.
      expect((await probe.answers(roundToBytes(made)))[0]![2], `${prior} from ${start ? 'a picture' : 'noise'}`).toBeGreaterThanOrEqual(prior === 'natural' ? 0.99 : 0.9999)
    }
  })

  it('a universal change and a patch raise the class on photographs that they did not see', async () => {
    const others = Array.from({ length: 12 }, () => roundToBytes(Float32Array.from({ length: pixels }, () => random.uniform(0.3, 0.7))))
    const [seen, unseen] = [others.slice(0, 6), others.slice(6)]
    // A patch has to serve every place, and these weights are another at every place: what it gains is little.
    for (const [id, options, gained] of [['universal', { budget: 20 }, 1], ['patch', { share: 0.3, steps: 150 }, 0.1]] as const) {
      const method = findMethod(id) as SetMethod
      const { options: values } = contextOf(probe, method, leave, options)
      const { apply } = await method.run({ probe, options: values, target: 1, from: undefined, randomOf: createRandom, tick: () => Promise.resolve() }, seen)
      const margin = (x: Float32Array): number => scores(x)[1]! - Math.max(...scores(x).filter((_, index) => index !== 1))
      const gains = unseen.map((x) => margin(apply(x, createRandom(3))) - margin(x))
      expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length, id).toBeGreaterThan(gained)
      if (id === 'universal') for (const x of unseen) expect(distanceOf(apply(x, random), x, 1).linf).toBeLessThanOrEqual(20 + 1e-3)
    }
  })
})

describe('what attacks are made of', () => {
  it('projects on the ball: inside stays, outside comes to its surface', () => {
    const center = new Float32Array(3).fill(0.5)
    expect(project(Float32Array.of(0.9, 0.5, 0.49), center, { norm: 'linf', radius: 25.5 })).toEqual(Float32Array.of(0.6, 0.5, 0.49).map(Math.fround))
    const far = project(Float32Array.of(0.8, 0.9, 0.5), center, { norm: 'l2', radius: 25.5 })
    expect(distanceOf(far, center, 1).l2).toBeCloseTo(25.5, 3)
    expect((far[1]! - 0.5) / (far[0]! - 0.5)).toBeCloseTo(0.4 / 0.3, 4)
  })

  it('grows a change that rounding would lose, only as far as it has to', async () => {
    const found = await attack('deepfool', leave, { overshoot: 0 })
    const settled = await settle(probe, leave, found, picture)
    expect(isReached(leave, scores(settled))).toBe(true)
    expect(settled).toEqual(roundToBytes(settled))
  })

  it('finds the smallest whole budget by bisection, and says where none is large enough', async () => {
    const tried: number[] = []
    const at = (threshold: number) => (budget: number) => { tried.push(budget); return Promise.resolve({ budget, fooled: budget >= threshold, picture }) }
    for (const threshold of [1, 2, 3, 7, 64, 255]) expect((await smallestBudget(at(threshold), { first: 1, largest: 255, whole: true }))?.budget).toBe(threshold)
    expect(await smallestBudget(at(256), { first: 1, largest: 255, whole: true })).toBeUndefined()
    const fine = await smallestBudget(at(37.3), { first: 32, largest: 4000, whole: false })
    expect(fine!.budget).toBeGreaterThanOrEqual(37.3)
    expect(fine!.budget).toBeLessThan(37.3 * 1.06)
  })

  it('patches and their gradients are transposes of each other: <paste(p) - paste(0), g> = <p, gradient(g)>', () => {
    const extent = { channels: 3, height: 20, width: 17 } as const
    const [length, side] = [3 * 20 * 17, 7]
    for (let round = 0; round < 5; round++) {
      const place = randomPlace(random, extent, side, 40)
      const [patch, gradient] = [Float32Array.from({ length: 3 * side * side }, () => random.normal()), Float32Array.from({ length }, () => random.normal())]
      const base = new Float32Array(length)
      const left = pastePatch(base, patch, extent, side, place).reduce((sum, value, at) => sum + value * gradient[at]!, 0)
      const right = patchGradient(gradient, extent, side, place).reduce((sum, value, at) => sum + value * patch[at]!, 0)
      expect(left).toBeCloseTo(right, 3)
    }
  })

  it('smooths a gradient without turning it down', () => {
    const smooth = smoothed({ channels: 1, height: 24, width: 24 })
    for (let round = 0; round < 10; round++) {
      const gradient = Float32Array.from({ length: 576 }, () => random.normal())
      const result = smooth(gradient)
      expect(result.reduce((sum, value, at) => sum + value * gradient[at]!, 0)).toBeGreaterThan(0)
    }
  })

  it('names the methods that there are', () => {
    expect([...foolingMethods.keys()]).toEqual(['ascent', 'cppn', 'direct', 'retrain', 'fgsm', 'bim', 'pgd', 'mi-fgsm', 'deepfool', 'cw', 'one-pixel', 'universal', 'patch'])
    expect(() => findMethod('magic')).toThrow(/no way to fool 'magic'.*ascent, cppn/)
  })
})
