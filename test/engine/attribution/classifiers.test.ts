import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explain } from '#engine/attribution/explain.ts'
import { attributionMethods } from '#engine/attribution/registry.ts'
import { resolveTarget } from '#engine/attribution/target.ts'
import type { ResolvedTarget } from '#engine/attribution/target.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { relativeError } from '../../support/attribution-fixtures.ts'
import { classifierPath, classifiers, displayOf, photo } from '../../support/classifiers.ts'
import { describeWithTestdata } from '../../support/testdata.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())
const quick: Readonly<Record<string, Readonly<Record<string, number>>>> = { smoothgrad: { samples: 3 }, 'integrated-gradients': { steps: 16 } }

describeWithTestdata('every classifier of the test data', () => {
  describe.each(classifiers)('$name', (classifier) => {
    let network: Network
    let display: DisplaySpace
    let picture: FloatTensor
    let target: ResolvedTarget
    beforeAll(async () => {
      display = displayOf(classifier)
      network = await openNetwork(classifierPath(classifier), { runtime })
      picture = await photo('n01806143_peacock', display)
      target = await resolveTarget(network, display, picture, { kind: 'top', rank: 1 })
    })
    afterAll(() => network.dispose())

    it.runIf(classifier.classes === 1000)('recognises the peacock', () => { expect(target.label).toBe('peacock') })

    it.each([...attributionMethods.keys()])('is explained by %s', async (method) => {
      const { map, facts, layer } = await explain({ network, display, picture, target, method, options: quick[method] ?? {}, seed: 1 })
      expect(map.dims).toEqual([classifier.size, classifier.size])
      expect(map.data.every(Number.isFinite)).toBe(true)
      expect(map.data.some((value) => value !== 0)).toBe(true)
      if (method === 'grad-cam') expect(network.structure.layers.some(({ id }) => id === layer)).toBe(true)
      // The picture of another kind of set leads through many kinks; a classifier on its own photographs stays within a few per cent.
      if (method === 'integrated-gradients') expect(facts['completenessError']).toBeLessThan(0.25)
    })

    it('has the gradient that a small step along it confirms', async () => {
      const { gradients } = await network.gradient({ of: target.tensor, seed: target.seed, wrt: [displayInput], display, inputs: { [displayInput]: picture } })
      const gradient = gradients[displayInput]!
      const squared = gradient.data.reduce((sum, value) => sum + value * value, 0)
      // A change of the score by 0.04 to either side: above float32 noise, below most kinks.
      const step = 0.04 / squared
      const at = async (sign: number): Promise<number> => {
        const moved = floatTensor(picture.dims, picture.data.map((value, index) => value + sign * step * gradient.data[index]!))
        const value = (await network.forward({ [displayInput]: moved }, [target.tensor], { display }))[target.tensor]!
        return target.seed.data.reduce((sum, weight, index) => (weight === 0 ? sum : sum + weight * Number(value.data[index])), 0)
      }
      expect((await at(1) - await at(-1)) / (2 * step * squared)).toBeCloseTo(1, 1)
    })

    it('gives each picture of a batch what it gives it alone', async () => {
      expect(network.batches).toBe(true)
      const other = floatTensor(picture.dims, picture.data.toReversed())
      const both = floatTensor([2, ...picture.dims.slice(1)], concat(picture.data, other.data))
      const seeds = floatTensor([2 * (target.seed.dims[0] ?? 1), ...target.seed.dims.slice(1)], concat(target.seed.data, target.seed.data))
      const together = (await network.gradient({ of: target.tensor, seed: seeds, wrt: [displayInput], display, inputs: { [displayInput]: both } })).gradients[displayInput]!
      for (const [index, alone] of [picture, other].entries()) {
        const single = (await network.gradient({ of: target.tensor, seed: target.seed, wrt: [displayInput], display, inputs: { [displayInput]: alone } })).gradients[displayInput]!
        // Kernels for two pictures round otherwise than those for one, and a ReLU near zero flips: per cents, never a mix-up.
        expect(relativeError(together.data.subarray(index * picture.data.length, (index + 1) * picture.data.length), single.data)).toBeLessThan(0.05)
      }
    })
  })
})

function concat(a: Float32Array, b: Float32Array): Float32Array {
  const joined = new Float32Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
