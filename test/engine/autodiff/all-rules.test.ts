import { describe, expect, it } from 'vitest'
import { cpuTarget, portableTarget, webgpuTarget } from '#engine/autodiff/lowering/target.ts'
import { gradientRules } from '#engine/autodiff/registry.ts'
import { checkSample } from '../../support/gradient-check.ts'

const only = process.env['PHOSPHENE_RULES']?.split(',')
const rules = [...gradientRules.values()].filter((rule) => !only || only.includes(rule.op))

describe.each(rules)('the gradient of $op', (rule) => {
  it('has samples', () => {
    expect(rule.samples.length).toBeGreaterThan(0)
    expect(new Set(rule.samples.map((sample) => sample.name)).size).toBe(rule.samples.length)
  })

  describe.each(rule.samples)('with $name', (sample) => {
    it.each([['CPU', cpuTarget], ['WebGPU', webgpuTarget], ['portable', portableTarget]] as const)('agrees with central differences in the %s lowering', async (_, target) => {
      const result = await checkSample(rule, sample, 7, target)
      expect(result.disagreements).toEqual([])
      // A check in which every derivative is zero would prove nothing.
      expect(result.nonzero).toBeGreaterThan(0)
    })
  })
})
