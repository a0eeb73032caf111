import { execFileSync } from 'node:child_process'
import { afterAll, expect, it } from 'vitest'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { hostTensorOf } from '#engine/runtime/host-tensor.ts'
import { describeWithTorch } from '../../support/torchvision.ts'
import { python } from '../../support/torchvision-export.ts'
import { torchTraining, trainingCase } from '../../support/training-case.ts'
import type { TrainingCase } from '../../support/training-case.ts'

/** Issue 3, section 6.3. */
const gradientTolerance = 1e-4
const lossTolerance = 1e-3

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())

const nets = {
  'MLP 256-256': { net: '256F 256F 10', inputDims: [784], batch: 50 },
  'LeNet': { net: '20C5 MP2 50C5 MP2 256F 10', inputDims: [1, 28, 28], batch: 20 },
  'VGG-style with batch normalisation and dropout': { net: '16C3p-BN 16C3p-BN MP2 32C3p-BN 32C3p-BN MP2 64F-D0.5 10', inputDims: [3, 32, 32], batch: 12 },
  'small ResNet': { net: '16C3p-BN {16C3p-BN 16C3p-BN-linear} {32C3s2p-BN 32C3p-BN-linear} {64C3s2p-BN 64C3p-BN-linear} GAP 10', inputDims: [3, 32, 32], batch: 8 },
  'depthwise': { net: '16C3s2p-BN DW3p-BN 32C1-BN DW3s2p-BN 32C1-BN GAP 10', inputDims: [3, 32, 32], batch: 8 },
  'branches, transposed convolution, other activations': { net: '[8C3p-tanh | 4C1 8C5p-elu] AP2 8C3g2d2-silu 8T4s2p1-gelu MP3s2p1 12F-sigmoid 10', inputDims: [2, 20, 20], batch: 6 },
} as const

const torch = (made: TrainingCase, ...args: readonly string[]): unknown => JSON.parse(execFileSync(python, [torchTraining, made.folder, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 }))

async function open(made: TrainingCase) {
  const graph = made.graph(runtime.loweringOf('cpu'))
  const session = await runtime.openSteps(graph.model, { device: 'cpu', loop: graph.loop, initial: Object.fromEntries([...graph.initial].map(([name, tensor]) => [name, hostTensorOf(tensor)])) })
  return { graph, session }
}

describeWithTorch('training as PyTorch does it', () => {
  for (const [name, options] of Object.entries(nets)) {
    it(`${name}: the gradient of every parameter is PyTorch's in float64 to ${gradientTolerance}`, async () => {
      const made = trainingCase({ ...options, optimizer: { kind: 'sgd', rate: 1 } })
      try {
        const { loss } = torch(made, 'gradients') as { loss: number }
        const expected = made.readTensors('gradients.safetensors')
        const { graph, session } = await open(made)
        // With plain descent at rate 1, what a step takes away is the gradient.
        const before = await session.readState([...made.network.parameters.keys()])
        const results = await session.step(made.feeds(1), [graph.loss])
        const after = await session.readState([...made.network.parameters.keys()])
        await session.dispose()
        expect(Math.abs(Number(results[graph.loss]?.data[0]) - loss)).toBeLessThan(1e-4 * Math.max(1, loss))
        const whole = Math.sqrt([...expected.values()].reduce((sum, { data }) => sum + (data as Float32Array).reduce((total, value) => total + value * value, 0), 0))
        for (const parameter of made.network.parameters.keys()) {
          const [was, is, right] = [before[parameter]?.data as Float32Array, after[parameter]?.data as Float32Array, expected.get(parameter)?.data as Float32Array]
          const error = Math.sqrt(right.reduce((sum, value, index) => sum + (was[index]! - is[index]! - value) ** 2, 0))
          const norm = Math.sqrt(right.reduce((sum, value) => sum + value * value, 0))
          // The difference of float32 weights cannot be finer than their rounding; a bias before a normalisation has no gradient at all.
          const rounding = Math.sqrt(was.reduce((sum, value) => sum + (value * 2 ** -23) ** 2, 0))
          expect(error, parameter).toBeLessThan(gradientTolerance * Math.max(norm, 1e-3 * whole) + rounding)
        }
      } finally {
        made.dispose()
      }
    })
  }

  for (const kind of ['adam', 'momentum', 'nesterov', 'rmsprop', 'adamw', 'sgd'] as const) {
    it(`50 steps of ${kind} follow PyTorch's losses within ${lossTolerance}`, async () => {
      const rate = { adam: 1e-3, adamw: 1e-3, rmsprop: 3e-4, momentum: 0.005, nesterov: 0.005, sgd: 0.05 }[kind]
      const made = trainingCase({ ...nets.LeNet, batches: 5, optimizer: { kind, rate } })
      try {
        const { losses } = torch(made, 'losses', '--steps', '50') as { losses: number[] }
        const { graph, session } = await open(made)
        const ours: number[] = []
        for (let t = 1; t <= 50; t++) ours.push(Number((await session.step(made.feeds(t), [graph.loss]))[graph.loss]?.data[0]))
        await session.dispose()
        expect(Math.max(...ours.map((loss, index) => Math.abs(loss - losses[index]!)))).toBeLessThan(lossTolerance)
        expect(ours.at(-1)).toBeLessThan(ours[0]! - 0.1)
      } finally {
        made.dispose()
      }
    })
  }

  for (const loss of ['binary-cross-entropy', 'squared-error', 'huber', 'focal'] as const) {
    it(`20 steps of ${loss} with clipped gradients follow PyTorch's losses within ${lossTolerance}`, async () => {
      const made = trainingCase({ net: '32F-tanh 16F-D0.25 4', inputDims: [12], batch: 30, batches: 4, loss, optimizer: { kind: 'momentum', rate: 0.05, clip: 0.5 } })
      try {
        const { losses } = torch(made, 'losses', '--steps', '20') as { losses: number[] }
        const { graph, session } = await open(made)
        const ours: number[] = []
        for (let t = 1; t <= 20; t++) ours.push(Number((await session.step(made.feeds(t), [graph.loss]))[graph.loss]?.data[0]))
        await session.dispose()
        expect(Math.max(...ours.map((value, index) => Math.abs(value - losses[index]!)))).toBeLessThan(lossTolerance)
        expect(ours.at(-1)).toBeLessThan(ours[0]!)
      } finally {
        made.dispose()
      }
    })
  }
})
