import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Archive } from '#engine/fooling/evolution/archive.ts'
import type { Individual } from '#engine/fooling/evolution/archive.ts'
import { cppnFromBytes, cppnToBytes, evaluationOrder, inputCount, mutateCppn, randomCppn } from '#engine/fooling/evolution/cppn-genome.ts'
import direct, { rateAt } from '#engine/fooling/evolution/direct.ts'
import { encodings } from '#engine/fooling/evolution/encodings.ts'
import { archiveTensors, restoreArchive } from '#engine/fooling/evolution/evolution-checkpoint.ts'
import { Evolution } from '#engine/fooling/evolution/map-elites.ts'
import { polynomialMutation } from '#engine/fooling/evolution/polynomial-mutation.ts'
import type { Probe } from '#engine/fooling/probe.ts'
import { createRandom } from '#engine/lib/random.ts'
import { openProbe } from '../../support/fooling.ts'
import { describeWithTestdata } from '../../support/testdata.ts'

describe('genomes', () => {
  it('stay acyclic networks whose outputs are there, however long they are mutated', () => {
    const random = createRandom(1)
    let cppn = randomCppn(random, 3)
    for (let step = 0; step < 400; step++) {
      cppn = mutateCppn(cppn, random)
      const count = inputCount + cppn.nodes.length
      expect(cppn.links.every(({ from, to }) => from < count && to < count && to >= inputCount)).toBe(true)
      const order = evaluationOrder(cppn)
      expect([0, 1, 2].every((output) => order.includes(inputCount + output))).toBe(true)
      const place = new Map(order.map((node, index) => [node, index]))
      for (const { from, to } of cppn.links) if (place.has(to) && from >= inputCount) expect(place.get(from)).toBeLessThan(place.get(to)!)
    }
    expect(cppn.nodes.length).toBeGreaterThan(20)
    expect(cppnFromBytes(cppnToBytes(cppn))).toEqual(cppn)
  })

  it('mutate one gene in ten directly, one in twenty after a thousand generations', () => {
    const random = createRandom(2)
    const extent = { channels: 3, height: 100, width: 100 } as const
    const parent = direct.random(random, extent)
    for (const [generation, rate] of [[0, 0.1], [1000, 0.05], [2500, 0.025]] as const) {
      expect(rateAt(generation)).toBe(rate)
      const child = direct.mutate(parent, random, generation)
      const changed = child.filter((value, index) => value !== parent[index]).length / child.length
      // Some mutations are rounded away; a standard deviation is below 0.002.
      expect(changed).toBeGreaterThan(0.9 * rate)
      expect(changed).toBeLessThan(1.06 * rate)
    }
  })

  it('take steps distributed as Deb has them', () => {
    const options = { low: 0, high: 1, eta: 15 }
    expect(polynomialMutation(0.5, 0.5, options)).toBeCloseTo(0.5, 12)
    expect(polynomialMutation(0.5, 0, options)).toBe(0)
    // u = (1 + d)^16 / 2 for d = -0.1.
    expect(polynomialMutation(0.5, 0.9 ** 16 / 2, options)).toBeCloseTo(0.4, 12)
    expect(polynomialMutation(0.5, 1 - 0.9 ** 16 / 2, options)).toBeCloseTo(0.6, 12)
  })
})

describe('the archive', () => {
  const individual = (id: number, parent = -1): Individual<string> => ({ id, parent, generation: id, from: parent, genome: `genome ${id}` })

  it('keeps the surest picture of every class, and the lines that lead to those', () => {
    const archive = new Archive<string>(3, true)
    expect(archive.offer(individual(0), Float32Array.of(0.2, 0.5, 0))).toBe(2)
    expect(archive.offer(individual(1, 0), Float32Array.of(0.9, 0.5, 0.1))).toBe(2)
    expect(archive.offer(individual(2, 1), Float32Array.of(0.1, 0.1, 0.1))).toBe(0)
    expect(archive.offer(individual(3, 1), Float32Array.of(0.95, 0.4, 0))).toBe(1)
    archive.prune()
    expect([...archive.elites]).toEqual([3, 0, 1])
    expect(archive.lineageOf(0).map(({ id }) => id)).toEqual([3, 1, 0])
    expect(archive.individuals.has(2)).toBe(false)
    expect(archive.median).toBeCloseTo(0.5)
    expect(archive.takeChanged().sort()).toEqual([0, 1, 2])
    expect(archive.takeChanged()).toEqual([])
  })

  it('forgets the genomes of ancestors where those are too large, never an elite\'s', () => {
    const archive = new Archive<string>(1, false)
    archive.offer(individual(0), Float32Array.of(0.2))
    archive.offer(individual(1, 0), Float32Array.of(0.9))
    archive.prune()
    expect(archive.lineageOf(0).map(({ genome }) => genome)).toEqual(['genome 1', undefined])
  })

  it('goes back to what it was', () => {
    const archive = new Archive<string>(3, true)
    archive.offer(individual(0), Float32Array.of(0.2, 0, 0))
    const before = archive.snapshot()
    archive.offer(individual(1, 0), Float32Array.of(0.9, 0.5, 0.1))
    archive.goBack(before)
    expect([[...archive.elites], [...archive.confidences], [...archive.individuals.keys()]]).toEqual([[0, -1, -1], [Math.fround(0.2), 0, 0], [0]])
  })
})

describeWithTestdata('evolution', () => {
  let probe: Probe
  let dispose: () => Promise<void>
  beforeAll(async () => { ({ probe, dispose } = await openProbe('cifar10-pytorch-tutorial-cnn')) })
  afterAll(() => dispose())
  const make = (id: 'cppn' | 'direct', seed = 4, batch = 10) => new Evolution({ probe, encoding: encodings[id], population: 40, seed, batch })

  it.each(['cppn', 'direct'] as const)('%s: grows surer and never less sure; what the archive says is what the network answers', async (id) => {
    const evolution = make(id)
    let before = new Float32Array(10)
    for (let generation = 0; generation < 6; generation++) {
      await evolution.advance()
      expect(evolution.archive.confidences.every((value, index) => value >= before[index]!)).toBe(true)
      before = evolution.archive.confidences.slice()
    }
    expect(evolution.made).toBe(240)
    for (const index of evolution.archive.occupied) {
      const [answers] = await probe.answers(evolution.paint(evolution.archive.eliteOf(index)!.genome))
      expect(answers![index]).toBeCloseTo(before[index]!, 4)
    }
  })

  it.each(['cppn', 'direct'] as const)('%s: resumed from its kept state goes on as if it had never stopped', async (id) => {
    const whole = make(id)
    for (let generation = 0; generation < 6; generation++) await whole.advance()
    const first = make(id)
    for (let generation = 0; generation < 3; generation++) await first.advance()
    const resumed = make(id)
    restoreArchive(resumed.archive, archiveTensors(first.archive, encodings[id]), encodings[id], probe.extent)
    resumed.resumeAt(first.generation, first.made)
    for (let generation = 3; generation < 6; generation++) await resumed.advance()
    expect(resumed.archive.confidences).toEqual(whole.archive.confidences)
    expect(resumed.archive.elites).toEqual(whole.archive.elites)
    expect(resumed.paint(resumed.archive.eliteOf(2)!.genome)).toEqual(whole.paint(whole.archive.eliteOf(2)!.genome))
  })

  it('does not depend on how many pictures go through the network together', async () => {
    const [small, large] = [make('cppn', 9, 7), make('cppn', 9, 40)]
    for (let generation = 0; generation < 3; generation++) { await small.advance(); await large.advance() }
    small.archive.confidences.forEach((value, index) => expect(value).toBeCloseTo(large.archive.confidences[index]!, 3))
  })

  it('leaves the archive as it was where a generation is cancelled in its middle, and makes that generation again', async () => {
    const whole = make('cppn')
    for (let generation = 0; generation < 3; generation++) await whole.advance()
    let left = Infinity
    const evolution = new Evolution({ probe, encoding: encodings.cppn, population: 40, seed: 4, batch: 10, checkCancelled: () => { if (left-- === 0) throw new Error('cancelled') } })
    for (let generation = 0; generation < 2; generation++) await evolution.advance()
    const before = archiveTensors(evolution.archive, encodings.cppn)
    left = 3
    await expect(evolution.advance()).rejects.toThrow('cancelled')
    expect([evolution.generation, evolution.made]).toEqual([2, 80])
    expect(archiveTensors(evolution.archive, encodings.cppn)).toEqual(before)
    await evolution.advance()
    expect(evolution.archive.confidences).toEqual(whole.archive.confidences)
    expect(evolution.archive.elites).toEqual(whole.archive.elites)
  })

  it('refuses an archive of another model, and ends when it is cancelled', async () => {
    const evolution = make('cppn')
    await evolution.advance()
    const other = new Archive<unknown>(3, true)
    expect(() => { restoreArchive(other, archiveTensors(evolution.archive, encodings.cppn), encodings.cppn, probe.extent) }).toThrow(/no archive of 3 classes/)
    const cancelled = new Evolution({ probe, encoding: encodings.cppn, population: 40, seed: 1, batch: 10, checkCancelled: () => { throw new Error('cancelled') } })
    await expect(cancelled.advance()).rejects.toThrow('cancelled')
  })
})
