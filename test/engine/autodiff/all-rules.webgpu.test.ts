import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpuTarget, webgpuTarget } from '#engine/autodiff/lowering/target.ts'
import { gradientRules } from '#engine/autodiff/registry.ts'
import type { HostTensor } from '#engine/runtime/host-tensor.ts'
import { differentiateSample, drawSeeds, sampleModel } from '../../support/gradient-check.ts'
import { runModel } from '../../support/run-model.ts'
import { hasSoftwareWebgpu, noSoftwareWebgpu, runOnSoftwareWebgpu, type WebgpuResult } from '../../support/webgpu.ts'

/** Of the largest gradient element: sums in another order, and SwiftShader's sin, cos and pow (error 1.9e-4). */
const tolerance = 1e-3
const seed = 7

const antialias = 'Resize has no antialias there: the forward model does not run'
/** What onnxruntime 1.30 gets wrong or lacks on WebGPU, whatever the gradient graph does; anything else fails the test. */
const known: ReadonlyMap<string, string> = new Map([
  ['ConvTranspose: 3-D', 'ConvTranspose has no 3-D kernel there: the forward model does not run'],
  ['Einsum: ellipsis of one operand, implicit output', 'Einsum does not take an ellipsis without an arrow there: the forward model does not run'],
  ['MaxPool: column-major Indices', 'MaxPool has no storage_order 1 there: the forward model does not run'],
  ['Resize: linear, antialiased', antialias],
  ['Resize: cubic, antialiased', antialias],
  ['Resize: cubic, antialiased, outside excluded', antialias],
  ['TopK: in any order', 'each device has its own order, and both are right'],
])

const only = process.env['PHOSPHENE_RULES']?.split(',')
/** Compiling the shaders of every sample in software takes six minutes: PHOSPHENE_SAMPLES=all does it, otherwise the first of each rule runs. */
const isFull = process.env['PHOSPHENE_SAMPLES'] === 'all' || only !== undefined
const samples = [...gradientRules.values()].filter((rule) => !only || only.includes(rule.op))
  .flatMap((rule) => rule.samples.slice(0, isFull ? undefined : 1).map((sample) => ({ rule, sample, title: `${rule.op}: ${sample.name}` })))

describe.skipIf(!hasSoftwareWebgpu)(`${isFull ? 'every sample' : 'the first sample'} of every rule on WebGPU${hasSoftwareWebgpu ? '' : ` (skipped: ${noSoftwareWebgpu})`}`, () => {
  const results = new Map<string, WebgpuResult>()
  const expected = new Map<string, Record<string, HostTensor>>()
  const differences: string[] = []

  beforeAll(async () => {
    const cases = []
    for (const { rule, sample, title } of samples) {
      const built = sampleModel(rule, sample, seed)
      const onCpu = await differentiateSample(built, cpuTarget)
      const feeds = { ...built.feeds, ...drawSeeds(onCpu.seeds, seed) }
      const outputs = await runModel(onCpu.model, feeds)
      const onDevice = await differentiateSample(built, webgpuTarget)
      // Outputs of the two lowerings are matched by what they are the gradient of.
      expected.set(title, Object.fromEntries([...onCpu.gradients].map(([input, name]) => [onDevice.gradients.get(input) ?? '', outputs[name] as HostTensor])))
      cases.push({ model: onDevice.model, feeds })
    }
    for (const [index, result] of (await runOnSoftwareWebgpu(cases)).entries()) results.set(samples[index]?.title ?? '', result)
  }, 1_200_000)

  it.each(samples)('$title', ({ title }) => {
    const difference = differenceOf(results.get(title), expected.get(title) ?? {})
    if (known.has(title)) {
      differences.push(`${title}: ${known.get(title)}`)
      expect(difference, 'listed as a known difference, and agrees: take it off the list').toBeDefined()
    } else expect(difference).toBeUndefined()
  })

  afterAll(() => {
    if (differences.length > 0) console.info(`Known differences on WebGPU:\n${differences.join('\n')}`)
  })
})

function differenceOf(result: WebgpuResult | undefined, expected: Readonly<Record<string, HostTensor>>): string | undefined {
  if (!result) return 'no result'
  if ('error' in result) return result.error
  for (const [name, tensor] of Object.entries(expected)) {
    const reference = Array.from(tensor.data as Float32Array)
    const scale = reference.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3)
    const worst = reference.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (result.outputs[name]?.[index] ?? NaN))), 0) / scale
    if (!(worst <= tolerance)) return `${name}: differs by ${worst} of its largest element`
  }
  return undefined
}
