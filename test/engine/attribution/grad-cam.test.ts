import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { explain } from '#engine/attribution/explain.ts'
import { mapLayers } from '#engine/attribution/layers.ts'
import { resolveTarget } from '#engine/attribution/target.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { relativeError } from '../../support/attribution-fixtures.ts'
import { describeWithTorch, exportTorchvision, python } from '../../support/torchvision.ts'

const script = fileURLToPath(new URL('../../support/torch-grad-cam.py', import.meta.url))
const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())

const size = 224
const display: DisplaySpace = {
  preprocessing: { input: 'input', layout: 'NCHW', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1], invert: false, height: size, width: size, fit: 'stretch', labels: [], output: 'logits', outputTensor: 'output' },
  inverted: false,
}
/** As in torch-grad-cam.py. */
const picture = floatTensor([1, 3, size, size], Float32Array.from({ length: 3 * size * size }, (_, index) => {
  const [channel, row, column] = [Math.floor(index / size / size), Math.floor(index / size) % size, index % size]
  return 0.5 + 0.25 * Math.sin(row / (5 + 4 * channel)) + 0.25 * Math.cos(column / (7 + 3 * channel))
}))

function fromTorch(name: string, module: string, label: number): Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-grad-cam-'))
  try {
    const out = join(folder, 'map.f32')
    execFileSync(python, [script, name, module, String(label), out], { stdio: ['ignore', 'ignore', 'pipe'] })
    return new Float32Array(Uint8Array.from(readFileSync(out)).buffer)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describeWithTorch('Grad-CAM of networks whose units come last, against PyTorch', () => {
  it.each([
    ['vit_b_16', 14, 'encoder.layers.encoder_layer_11.ln_1', 14],
    ['swin_t', 16, 'norm', 7],
  ] as const)('%s: over the patches of the layer that is suggested', async (name, opset, module, side) => {
    const network = await openNetwork(exportTorchvision(name, opset), { runtime })
    const target = await resolveTarget(network, display, picture, { kind: 'top', rank: 1 })
    const { layer, map, facts } = await explain({ network, display, picture, target, method: 'grad-cam', options: {}, seed: 1 })
    expect(layer).toBe(module)
    expect(facts).toMatchObject({ maps: 768, resolution: `${side} × ${side}` })
    expect(Math.max(...map.data)).toBeGreaterThan(0)
    expect(relativeError(map.data, fromTorch(name, module, target.index ?? 0))).toBeLessThan(1e-3)
    const { layers } = mapLayers(network, target.tensor)
    // The windows of a shifted-window transformer are no maps over the picture.
    for (const each of layers) expect(each.shape.reduce<number>((product, dim) => product * (dim ?? NaN), 1)).toBe(each.view.type === 'tokens' ? each.view.tokens * each.view.units : each.view.type === 'maps' ? each.view.channels * each.view.height * each.view.width : NaN)
    await network.dispose()
  })
})
