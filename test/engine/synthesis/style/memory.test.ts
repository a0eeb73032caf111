/** What is planned under a ceiling. That runs keep it is measured by hand: 8.9 megapixels take many minutes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { BackboneSource } from '#engine/synthesis/style/backbone.ts'
import { budgetFor } from '#engine/synthesis/style/memory.ts'
import type { Budget } from '#engine/synthesis/style/memory.ts'
import { suggestLayers } from '#engine/synthesis/style/suggest-layers.ts'
import { resource } from '../../../support/run-work.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
const gigabyte = 2 ** 30
let network: Network

beforeAll(async () => { network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime }) })
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

async function planned(width: number, height: number, bytes: number): Promise<Budget> {
  const record = await initialRecord(network, {})
  const source = new BackboneSource(network, { preprocessing: record!.preprocessing })
  return budgetFor(source, suggestLayers(network).style.map(({ layer }) => layer), { width, height }, bytes)
}

describe('the memory of a run', () => {
  it('is planned within the ceiling, with the past of L-BFGS shortened before tiles become small', async () => {
    const ceilings = [2.5, 4, 16]
    const [scarce, whole, ample] = await Promise.all(ceilings.map((each) => planned(3456, 2592, each * gigabyte))) as [Budget, Budget, Budget]
    for (const [index, { bytes }] of [scarce, whole, ample].entries()) expect(bytes).toBeLessThanOrEqual(ceilings[index]! * gigabyte)
    expect([scarce, whole, ample].map(({ history }) => history)).toEqual([3, 3, 10])
    expect(scarce.largestTile).toBeGreaterThan(512)
    expect(scarce.largestTile).toBeLessThan(3456)
    expect([whole, ample].map(({ largestTile }) => largestTile)).toEqual([3456, 3456])
    // Pictures that fit beside the whole past keep it.
    expect((await planned(1024, 768, 4 * gigabyte)).history).toBe(10)
  })

  it('that is not enough for the smallest tile is refused, saying how much is', async () => {
    await expect(planned(3456, 2592, 0.5 * gigabyte)).rejects.toMatchObject({ code: 'out-of-memory', message: expect.stringMatching(/512 MB are not enough for a picture of 3456 × 2592 pixels .* at least \d+ MB/) as string })
  })
})
