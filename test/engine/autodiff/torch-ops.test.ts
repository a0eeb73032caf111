import { describe, expect, it } from 'vitest'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { foldConstants } from '#engine/onnx/shapes/fold-constants.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { upgradeModel } from '#engine/onnx/upgrade/upgrade-model.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { runModel } from '../../support/run-model.ts'
import { torchCases, type TorchCase } from '../../support/torch-ops.ts'
import { describeWithTorch, hasTorch } from '../../support/torchvision.ts'

/** Relative L2 error of float32 arithmetic over a few nodes, against PyTorch in float64. */
const tolerance = 1e-5

const cases = hasTorch() ? torchCases() : []

/** Where onnxruntime computes something else than PyTorch: the forward results differ, so the gradients may. */
const forwardDiffers: ReadonlyMap<string, string> = new Map()

describeWithTorch('PyTorch modules through read, upgrade, shapes, differentiate and onnxruntime', () => {
  describe.each(cases)('$name', (torchCase) => {
    it.each(Object.keys(torchCase.files).map(Number))('at operator set %i', async (opset) => {
      const { output, gradients } = await run(torchCase, opset)
      const differs = forwardDiffers.get(torchCase.name)
      if (differs) return expect(relativeError(output, torchCase.output.data), differs).toBeGreaterThan(tolerance)
      expect(relativeError(output, torchCase.output.data), 'output').toBeLessThan(tolerance)
      for (const [index, gradient] of gradients.entries())
        expect(relativeError(gradient, torchCase.gradients[index]?.data ?? []), `gradient of x${index}`).toBeLessThan(tolerance)
    })
  })
})

async function run(torchCase: TorchCase, opset: number): Promise<{ output: ArrayLike<number>; gradients: ArrayLike<number>[] }> {
  const upgraded = upgradeModel(await loadModel(torchCase.files[opset] ?? ''))
  const model = foldConstants(upgraded, inferShapes(upgraded))
  const wrt = torchCase.inputs.map((_, index) => `x${index}`)
  const result = differentiate(model, inferShapes(model), { of: { kind: 'seed', tensor: 'y', input: 'seed' }, wrt }, { target: cpuTarget, keep: ['y'] })
  const feeds = Object.fromEntries(torchCase.inputs.map(({ dims, data }, index) => [`x${index}`, floatTensor([...dims], Float32Array.from(data))]))
  const outputs = await runModel(result.model, { ...feeds, seed: floatTensor([...torchCase.seed.dims], Float32Array.from(torchCase.seed.data)) })
  const read = (name: string): Float32Array => outputs[name]?.data as Float32Array
  return { output: read('y'), gradients: wrt.map((name) => read(result.gradients.get(name) ?? '')) }
}

/** |actual - expected| / |expected|, or |actual| where nothing but zeros is expected. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity
  const norm = (at: (index: number) => number): number => Math.sqrt(expected.reduce((sum, _, index) => sum + at(index) ** 2, 0))
  const size = norm((index) => expected[index] ?? 0)
  return norm((index) => (actual[index] ?? NaN) - (expected[index] ?? 0)) / (size || 1)
}
