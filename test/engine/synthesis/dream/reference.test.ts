/** Whole dreams against google/deepdream's own steps, written anew with PyTorch and numpy in float64. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import type { DreamSettings } from '#contract/dream.ts'
import { float32Npy, readNpy } from '#engine/lib/npy.ts'
import { createRandom, streamSeed } from '#engine/lib/random.ts'
import { typedArrayOf } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { dreamOf, smallNetwork, smallWeights, texture } from '../../../support/small-dream.ts'
import { describeWithTorch } from '../../../support/torchvision.ts'
import { python } from '../../../support/torchvision-export.ts'

const script = fileURLToPath(new URL('../../../support/torch-dream.py', import.meta.url))
const runtime = createRuntime({ host: 'inline', device: 'cpu' })
afterAll(() => runtime.dispose())

const [height, width, seed] = [61, 83, 5] as const
const settings = { octaves: 3, scale: 1.4, steps: 6, jitter: 9, stepSize: 1.5, edges: 'wrap' } as const

/** As the dream draws them: one stream an octave and step. */
const shifts = Array.from({ length: settings.octaves * settings.steps }, (_, index) => {
  const random = createRandom(streamSeed(streamSeed(seed, Math.floor(index / settings.steps)), index % settings.steps))
  return [random.integer(-settings.jitter, settings.jitter), random.integer(-settings.jitter, settings.jitter)]
})

function referenceOf(more: Readonly<Record<string, unknown>>): { readonly picture: Float32Array; readonly values: readonly number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-dream-'))
  try {
    const save = (name: string, dims: readonly number[], data: Float32Array): void => writeFileSync(join(folder, `${name}.npy`), float32Npy(dims, data))
    for (const [name, { dims, data }] of Object.entries({ ...smallWeights(), picture: texture(height, width, 1), guide: texture(32, 32, 2) })) save(name, dims, data)
    writeFileSync(join(folder, 'dream.json'), JSON.stringify({ octaves: settings.octaves, scale: settings.scale, steps: settings.steps, step_size: settings.stepSize, shifts, ...more }))
    const { values } = JSON.parse(execFileSync(python, [script, folder], { encoding: 'utf8', timeout: 60_000 })) as { values: number[] }
    return { picture: typedArrayOf(readNpy(readFileSync(join(folder, 'result.npy')), 'result.npy')) as Float32Array, values }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** 18 normalised steps in float32 against float64 come to 3e-7 (measured); a step is 6e-3. */
const tolerance = 2e-5
const meanTolerance = 1e-6

describeWithTorch('a dream of a small network', () => {
  it.each([
    ['of a whole layer', { objective: 'l2' }, {}],
    ['of one channel', { objective: 'channel', channel: 4 }, { targets: [{ layer: 'second', weight: 1, channels: { kind: 'some', of: [{ channel: 4, weight: 1 }] } }] }],
    ['of what a guide shows', { objective: 'guide' }, { guide: { sha256: 'guide', name: 'guide.png' } }],
  ] as readonly (readonly [string, Record<string, unknown>, Partial<DreamSettings>])[])('is that of google/deepdream: %s', async (_, spec, more) => {
    const network = await smallNetwork(runtime)
    try {
      const reference = referenceOf(spec)
      const made = await dreamOf(network, runtime, texture(height, width, 1), { ...settings, ...more }, { seed })
      const errors = made.picture.data.map((value, index) => Math.abs(value - reference.picture[index]!))
      expect(Math.max(...errors)).toBeLessThan(tolerance)
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(meanTolerance)
      made.values.forEach((value, index) => expect(value / reference.values[index]!).toBeCloseTo(1, 5))
    } finally {
      await network.dispose()
    }
  })
})
