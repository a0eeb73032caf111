import { afterAll, beforeAll, expect, it } from 'vitest'
import { explain } from '#engine/attribution/explain.ts'
import { resolveTarget } from '#engine/attribution/target.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { displayOf, modelPath, pictureOf, referenceCases, relativeError } from '../../support/attribution-fixtures.ts'
import { describeWithWebgpu } from '../../support/webgpu-device.ts'

/** Another processor's float32, and its own exp and tanh. */
const tolerance = 1e-4

await describeWithWebgpu('networks on WebGPU, against PyTorch', () => {
  let runtime: Runtime
  const notices: string[] = []
  beforeAll(() => { runtime = createRuntime({ device: 'webgpu', threads: 1, onNotice: (message) => notices.push(message) }) })
  afterAll(() => runtime.dispose())

  it.each(referenceCases.filter(({ name }) => name === 'relu-imagenet' || name === 'smooth-nhwc'))('$name: gradient, integrated gradients in batches, Grad-CAM', { timeout: 180_000 }, async (reference) => {
    const network = await openNetwork(modelPath(reference), { runtime })
    const display = displayOf(reference)
    const picture = pictureOf(reference)
    const target = await resolveTarget(network, display, picture, { kind: 'class', index: reference.label })
    const run = (method: string, options = {}) => explain({ network, display, picture, target, method, options, seed: 1 })
    expect(relativeError((await run('gradient')).map.data, reference.maps['gradient']!)).toBeLessThan(tolerance)
    expect(relativeError((await run('integrated-gradients', { steps: 20, rule: 'trapezoid' })).map.data, reference.maps['integrated-gradients black']!)).toBeLessThan(tolerance)
    const layer = network.structure.layers.findLast((candidate) => candidate.view.type === 'maps' && candidate.shape[1] === 8 && candidate.kind === 'concat')!.id
    expect(relativeError((await run('grad-cam', { layer })).map.data, reference.maps['grad-cam']!)).toBeLessThan(tolerance)
    await network.dispose()
    // Nothing was left to the CPU.
    expect(notices).toEqual([])
  })
})
