import { describe, expect, it } from 'vitest'
import { Augment } from '#contract/training.ts'
import { openBatches } from '#engine/datasets/batches.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { prefetchBatches } from '#engine/datasets/prefetch-batches.ts'
import { createRandom } from '#engine/lib/random.ts'

const options = async () => {
  const dataset = await loadDataset({ kind: 'generator', name: 'digits', options: { count: 60 } }, { seed: 1 })
  return { dataset, standardization: { mean: [0.2], std: [0.3] }, augment: Augment.parse({ rotate: 10, shift: 0.1, erase: 0.3 }) }
}
const requests = (count: number) => Array.from({ length: count }, (_, seed) => ({ indices: Int32Array.from(createRandom(seed).shuffle(Array.from({ length: 60 }, (__, index) => index)).slice(0, 8)), seed }))

describe('batches from a worker thread', () => {
  it('are those of the same thread, in the order of the requests', async () => {
    const chosen = await options()
    const here = openBatches(chosen), there = prefetchBatches(chosen)
    expect([there.inputDims, there.outputs]).toEqual([here.inputDims, here.outputs])
    let place = 0
    for await (const batch of there.stream(requests(12))) {
      const { indices, seed } = requests(12)[place++]!
      expect(batch).toEqual(here.assemble(indices, seed))
    }
    expect(place).toBe(12)
    await there.dispose()
  })

  it('are made ahead, a few at a time, and may be left early', async () => {
    const batches = prefetchBatches(await options())
    let asked = 0
    const counted = function* () { for (const request of requests(100)) { asked++; yield request } }
    for await (const _ of batches.stream(counted(), 3)) break
    expect(asked).toBeLessThanOrEqual(5)
    expect((await batches.fetch(requests(1)[0]!)).target.length).toBe(80)
    await batches.dispose()
  })

  it('end with a clear error when closed in between', async () => {
    const batches = prefetchBatches(await options())
    const pending = batches.fetch(requests(1)[0]!)
    const outcome = expect(pending).rejects.toMatchObject({ code: 'cancelled' })
    await batches.dispose()
    await outcome
    await expect(batches.fetch(requests(1)[0]!)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
