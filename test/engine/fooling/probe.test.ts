import { afterAll, beforeAll, expect, it } from 'vitest'
import { logOdds } from '#engine/fooling/goal.ts'
import type { Probe } from '#engine/fooling/probe.ts'
import type { Score } from '#engine/fooling/score.ts'
import { createRandom } from '#engine/lib/random.ts'
import { openProbe } from '../../support/fooling.ts'
import { describeWithTestdata } from '../../support/testdata.ts'

describeWithTestdata('what attacks ask of a network', () => {
  let probe: Probe
  let dispose: () => Promise<void>
  beforeAll(async () => { ({ probe, dispose } = await openProbe('mnist-winml')) })
  afterAll(() => dispose())

  const random = createRandom(5)
  const picture = Float32Array.from({ length: 784 }, () => random.uniform(0.2, 0.8))
  const valueOf = (score: Score, z: Float32Array): number => {
    if (score.kind === 'linear') return [...score.weights].reduce((sum, [index, weight]) => sum + weight * z[index]!, 0)
    const others = [...z].filter((_, index) => index !== score.index)
    return score.sign * (z[score.index]! - (score.kind === 'margin' ? Math.max(...others) : Math.log(others.reduce((sum, value) => sum + Math.exp(value), 0))))
  }

  it.each<[string, Score]>([
    ['log-odds', logOdds({ kind: 'reach', index: 3 })],
    ['log-odds to leave', logOdds({ kind: 'leave', index: 5 })],
    ['margin', { kind: 'margin', index: 7, sign: 1 }],
    ['linear', { kind: 'linear', weights: new Map([[2, 1], [4, -0.5]]) }],
  ])('gives the gradient of %s: central differences of its closed form agree', async (_, score) => {
    const { gradient, logits } = await probe.slope(picture, score)
    expect(logits).toEqual((await probe.logits(picture))[0])
    const direction = Float32Array.from({ length: 784 }, () => random.normal())
    const along = gradient.reduce((sum, value, index) => sum + value * direction[index]!, 0)
    const step = 1e-3
    const at = async (sign: number): Promise<number> => valueOf(score, (await probe.logits(picture.map((value, index) => value + sign * step * direction[index]!)))[0]!)
    const difference = (await at(1) - await at(-1)) / (2 * step)
    // The net has kinks (ReLU, pooling): between two close points few are passed.
    expect(Math.abs(difference - along)).toBeLessThan(0.02 * Math.abs(along) + 0.02)
  })

  it('keeps its slope where the cross-entropy has lost its own', async () => {
    let sure = picture
    for (let step = 0; step < 200; step++) {
      const { gradient } = await probe.slope(sure, logOdds({ kind: 'reach', index: 0 }))
      sure = sure.map((value, index) => Math.min(1, Math.max(0, value + 0.02 * Math.sign(gradient[index]!))))
    }
    expect((await probe.answers(sure))[0]![0]).toBe(1)
    const { gradient } = await probe.slope(sure, logOdds({ kind: 'leave', index: 0 }))
    expect(gradient.some((value) => Math.abs(value) > 0.1)).toBe(true)
  })

  it('counts what went through the network, and answers several pictures as each alone', async () => {
    const before = probe.evaluations
    const other = picture.map((value) => 1 - value)
    const both = await probe.logits(Float32Array.from([...picture, ...other]))
    expect(probe.evaluations).toBe(before + 2)
    const [alone] = await probe.logits(other)
    both[1]!.forEach((value, index) => expect(value).toBeCloseTo(alone![index]!, 3))
    const slopes = await probe.slopes(Float32Array.from([...picture, ...other]), [logOdds({ kind: 'reach', index: 1 }), logOdds({ kind: 'reach', index: 2 })])
    const single = await probe.slope(other, logOdds({ kind: 'reach', index: 2 }))
    slopes[1]!.gradient.forEach((value, index) => expect(value).toBeCloseTo(single.gradient[index]!, 2))
  })

  it('names classes that there are not', () => {
    expect(() => probe.checkClass(10)).toThrow(/Class 10 does not exist: the model has 10 classes, 0 to 9/)
    expect(() => probe.checkClass(1.5)).toThrow(/does not exist/)
  })
})
