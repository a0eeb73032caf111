import { describe, expect, it } from 'vitest'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { createRandom } from '#engine/lib/random.ts'
import { contradictedShare } from '#engine/training/doctor/contradicted.ts'
import { dataFactsOf } from '#engine/training/doctor/data-facts.ts'
import { LayerTally } from '#engine/training/doctor/layer-facts.ts'

const count = 600
const plain = { mean: [0, 0], std: [1, 1] }

/** Three clouds, far apart; `label` says which label the examples of a cloud get. */
function clouds(label: (cloud: number) => number): Dataset {
  const random = createRandom(3)
  const values = new Float32Array(2 * count)
  const classOf = Int32Array.from({ length: count }, (_, index) => index % 3)
  classOf.forEach((cloud, index) => {
    values[2 * index] = 10 * cloud + random.normal()
    values[2 * index + 1] = 100 + random.normal()
  })
  return { name: 'clouds', format: 'test', count, input: { kind: 'numbers', columns: ['x', 'y'], values }, target: { kind: 'classes', labels: ['a', 'b', 'c'], classOf: classOf.map(label) }, origin: String, skipped: [], warnings: [] }
}
const indices = Array.from({ length: count }, (_, index) => index)
const factsOf = (dataset: Dataset, standardization = plain) => dataFactsOf({ dataset, train: indices.slice(0, 450), validation: indices.slice(450), standardization, duplicates: 0 })

describe('facts of the data', () => {
  it('counts the classes of both parts and measures what the network gets', () => {
    const facts = factsOf(clouds((cloud) => cloud), { mean: [10, 0], std: [10, 1] })
    expect(facts.target).toMatchObject({ kind: 'classes', train: [150, 150, 150], validation: [50, 50, 50] })
    expect(facts.input.means[0]).toBeCloseTo(0, 1)
    expect(facts.input.means[1]).toBeCloseTo(100, 0)
    // Clouds at -1, 0 and 1 of variance 1/100.
    expect(facts.input.stds[0]).toBeCloseTo(Math.sqrt(2 / 3 + 0.01), 1)
    expect(facts.input.stds[1]).toBeCloseTo(1, 1)
    expect(facts.input.largest).toBeGreaterThan(102)
  })

  it('finds that neighbours agree where labels follow the inputs', () => {
    const { neighbors } = factsOf(clouds((cloud) => cloud))
    expect(neighbors).toMatchObject({ examples: 450, agreement: 1, clear: 1, contradicted: 0 })
    expect(neighbors!.chance.agreement).toBeCloseTo(1 / 3, 1)
  })

  it('finds that they agree by chance only where labels do not', () => {
    const random = createRandom(9)
    const { neighbors } = factsOf(clouds(() => random.integer(0, 2)))
    expect(Math.abs(neighbors!.agreement - 1 / 3)).toBeLessThan(0.08)
  })

  it('estimates the share of wrong labels', () => {
    const random = createRandom(9)
    const wrong = 0.2
    const { neighbors } = factsOf(clouds((cloud) => (random.chance(wrong) ? (cloud + 1 + random.integer(0, 1)) % 3 : cloud)))
    expect(neighbors!.contradicted).toBeGreaterThan(wrong - 0.06)
    expect(neighbors!.contradicted).toBeLessThan(wrong + 0.06)
  })

  it('does not lose values that are not numbers', () => {
    const dataset = clouds((cloud) => cloud)
    if (dataset.input.kind === 'numbers') dataset.input.values[4] = NaN
    expect(factsOf(dataset).input.mean).toBeNaN()
    expect(factsOf(dataset).input.largest).toBeNaN()
  })
})

describe('facts of a layer', () => {
  it('counts units that are off for every example and place', () => {
    // [2 examples, 3 units, 2 places]: the second unit is dead, the third is on once.
    expect(new LayerTally('conv', 'relu').add([1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3], [2, 3, 2, 1]).facts()).toMatchObject({ units: 3, dead: 1 / 3, saturated: 0, mean: 0.75 })
    expect(new LayerTally('conv', 'linear').add([0, 0], [2, 1]).facts().dead).toBe(0)
  })

  it('counts activations at the ends of their range', () => {
    expect(new LayerTally('dense', 'tanh').add([0.99, -0.96, 0.5, 0], [2, 2]).facts().saturated).toBe(0.5)
    expect(new LayerTally('dense', 'sigmoid').add([0.99, 0.01, 0.5, 0.1], [2, 2]).facts().saturated).toBe(0.5)
  })

  it('are the same when the examples come in parts', () => {
    const random = createRandom(4)
    const values = Array.from({ length: 5 * 3 * 4 }, () => Math.max(0, random.normal()))
    const parts = new LayerTally('conv', 'relu').add(values.slice(0, 2 * 12), [2, 3, 2, 2]).add(values.slice(2 * 12), [3, 3, 2, 2])
    expect(parts.facts()).toEqual(new LayerTally('conv', 'relu').add(values, [5, 3, 2, 2]).facts())
    expect(parts.examples).toBe(5)
  })

  it('tells a layer that varies over places from one that varies over examples', () => {
    expect(new LayerTally('conv', 'relu').add([1, 5, 1, 5], [2, 1, 2]).facts().variation).toBe(0)
    expect(new LayerTally('conv', 'relu').add([1, 1, 5, 5], [2, 1, 2]).facts().variation).toBe(2)
  })
})

describe('labels that the network contradicts', () => {
  it('are those with another class above its own examples’ mean confidence', () => {
    // Class 0 is given 0.9 and 0.1, class 1 is given 0.8 and 0.8: thresholds 0.5 and 0.8.
    expect(contradictedShare([0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.2, 0.8], [0, 0, 1, 1], 2)).toBe(0.25)
    expect(contradictedShare([0.5, 0.5, 0.5, 0.5], [0, 1], 2)).toBeLessThanOrEqual(0.5)
    expect(contradictedShare([], [], 2)).toBe(0)
  })
})
