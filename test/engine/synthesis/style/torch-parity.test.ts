import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readNpy } from '#engine/lib/npy.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { typedArrayOf } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { Lbfgs } from '#engine/synthesis/style/lbfgs.ts'
import { styleCase, torchStyle } from '../../../support/style-case.ts'
import { describeWithTorch, exportTorchvision, python } from '../../../support/torchvision.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
const imagenet = { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const

afterAll(() => runtime.dispose())

/** ReLUs that rounding flips send the two on slightly different ways: at single steps, and over all of them. Without a line search, small networks of random weights part for good sooner. */
const [stepTolerance, lossTolerance] = [0.06, 0.02]
const gradientTolerance = 2e-3

describeWithTorch('style transfer beside PyTorch', () => {
  it.each([['squeezenet1_1', 8], ['resnet18', 40]] as const)('has its loss and its gradient in float64, and its losses over torch.optim.LBFGS (%s, random weights, %i steps)', async (name, count) => {
    const modelPath = exportTorchvision(name, 13, { dynamic: 'batch', trainBatchNormStatistics: true })
    const network = await openNetwork(modelPath, { runtime })
    const made = await styleCase({ runtime, network, modelPath, size: 96, normalization: imagenet, smoothness: 0.5, history: 6 })
    try {
      const asked = `steps ${count}\ndouble\ngradient\n`
      const [, steps, , gradient] = execFileSync(python, [torchStyle, made.folder, '--threads', '1'], { input: asked, encoding: 'utf8' }).trim().split('\n').map((line) => (line === 'ready' ? null : JSON.parse(line) as { losses?: number[]; loss: number }))
      const evaluator = await made.open()
      const x = made.content.data.slice()
      const first = await evaluator.evaluate(x, made.weights)
      const expected = typedArrayOf(readNpy(readFileSync(join(made.folder, 'gradient.npy')), 'gradient'))
      expect(Math.abs(first.loss / gradient!.loss - 1)).toBeLessThan(1e-4)
      let [error, norm] = [0, 0]
      first.gradient.forEach((value, at) => {
        error += (value - Number(expected[at])) ** 2
        norm += Number(expected[at]) ** 2
      })
      expect(Math.sqrt(error / norm)).toBeLessThan(gradientTolerance)

      const optimizer = new Lbfgs({ history: 6 })
      const losses: number[] = []
      for (let step = 0; step < count; step++) {
        const { loss, gradient: slope } = await evaluator.evaluate(x, made.weights)
        losses.push(loss)
        optimizer.step(x, slope)
      }
      const apart = losses.map((loss, step) => Math.abs(loss / steps!.losses![step]! - 1))
      expect(Math.max(...apart)).toBeLessThan(stepTolerance)
      expect(apart.reduce((sum, each) => sum + each, 0) / apart.length).toBeLessThan(lossTolerance)
      expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!)
      await evaluator.dispose()
    } finally {
      made.dispose()
      await network.dispose()
    }
  })
})
