import { expect, it } from 'vitest'
import { compareWithTorch, type ComparedNetwork, type Comparison } from '../../support/torch-reference.ts'
import { describeWithTorch } from '../../support/torchvision.ts'

/**
 * Relative L2 error against PyTorch float64. A float32 forward pass takes the other branch of some ReLUs and max pools than the
 * float64 one, in PyTorch as here, so PyTorch's own float32 error is the yardstick where it is above the floor.
 */
const floor = 1e-3
const timesTorch = 2
const allowed = (errors: { readonly torch32: number }): number => Math.max(floor, timesTorch * errors.torch32)

const size = 64
const small: readonly ComparedNetwork[] = [
  { name: 'squeezenet1_1', opset: 13, options: { size } },
  { name: 'resnet18', opset: 13, options: { size, trainBatchNormStatistics: true }, parameters: true },
  { name: 'mobilenet_v3_small', opset: 14, options: { size, trainBatchNormStatistics: true }, parameters: true },
  { name: 'shufflenet_v2_x0_5', opset: 15, options: { size, trainBatchNormStatistics: true }, parameters: true },
]

const named = ['squeezenet1_1', 'resnet18', 'resnet50', 'vgg11', 'vgg19', 'alexnet', 'googlenet', 'mobilenet_v2', 'mobilenet_v3_large', 'densenet121', 'shufflenet_v2_x1_0', 'mnasnet1_0', 'efficientnet_b0', 'vit_b_16']
const others = ['regnet_y_400mf', 'convnext_tiny', 'inception_v3', 'resnext50_32x4d', 'vgg16_bn', 'swin_t', 'efficientnet_v2_s', 'squeezenet1_0', 'wide_resnet50_2', 'mobilenet_v3_small']
/** Every network of the list at full size takes an hour: set PHOSPHENE_TORCHVISION=all, or to names of networks. */
const chosen = process.env['PHOSPHENE_TORCHVISION']
const names = chosen === 'all' ? [...named, ...others] : (chosen?.split(',') ?? [])
const full = names.flatMap((name, index): ComparedNetwork[] => {
  const opset = 13 + (index % 4)
  return [{ name, opset }, { name, opset, options: { trainBatchNormStatistics: true }, parameters: true }]
})

describeWithTorch('gradients of torchvision networks against PyTorch float64', () => {
  it.each(chosen === undefined ? small : full)('$name at operator set $opset (parameters: $parameters)', async (network) => {
    const comparison = await compareWithTorch(network)
    if (chosen !== undefined) console.info(JSON.stringify({ ...network, ...comparison }))
    expect(comparison.input.ours).toBeLessThanOrEqual(allowed(comparison.input))
    if (network.parameters) expectParameters(comparison)
  }, 900_000)
})

function expectParameters(comparison: Comparison): void {
  expect(comparison.compared).toBeGreaterThan(10)
  expect(comparison.parameters?.ours).toBeLessThanOrEqual(allowed(comparison.parameters ?? { torch32: 0 }))
}
