/** Totals against those that PyTorch and the papers state. */
import { expect, it } from 'vitest'
import { NetworkSummary } from '#contract/graph.ts'
import { summarize } from '#engine/structure/summary.ts'
import { opened } from '../../support/opened.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'
import { describeWithTorch, exportTorchvision } from '../../support/torchvision.ts'

async function summaryOf(path: string): Promise<NetworkSummary> {
  const { model, facts } = await opened(path)
  return NetworkSummary.parse(summarize(model, facts, { path, bytes: 1 }))
}

describeWithTorch('totals of torchvision networks', () => {
  // Parameters as PyTorch counts them, where exporting does not fold BatchNormalization; multiply-accumulates as torchvision documents them (GFLOPS).
  it.each([
    ['squeezenet1_1', 11, 1_235_496, 0.35], ['alexnet', 15, 61_100_840, 0.71], ['vit_b_16', 14, 86_567_656, 17.56], ['convnext_tiny', 13, 28_589_128, 4.46], ['vgg19', 13, 143_667_240, 19.63],
  ] as const)('%s at operator set %i has %i parameters and %d G multiply-accumulates', async (name, opset, parameters, giga) => {
    const summary = await summaryOf(exportTorchvision(name, opset))
    expect(summary.parameters).toBe(parameters)
    expect(summary.macs / 1e9).toBeCloseTo(giga, 1)
  })

  it('counts a ResNet-50 whose BatchNormalization stays as PyTorch does', async () => {
    const summary = await summaryOf(exportTorchvision('resnet50', 13, { keepBatchNorm: true }))
    expect(summary.parameters).toBe(25_557_032)
    expect(summary.macs / 1e9).toBeCloseTo(4.09, 2)
  })

  it('tells of each operator whether it has a gradient', async () => {
    const summary = await summaryOf(exportTorchvision('shufflenet_v2_x1_0', 13))
    expect(summary.operators.find(({ op }) => op === 'Conv')).toEqual({ op: 'Conv', domain: '', count: 56, gradient: 'differentiable' })
    expect(summary.operators.find(({ op }) => op === 'Shape')).toMatchObject({ gradient: 'non-differentiable' })
    expect(summary.operators.filter(({ gradient }) => gradient === 'missing' || gradient === 'refused')).toEqual([])
    expect(summary.operators.reduce((sum, { count }) => sum + count, 0)).toBe(summary.nodes)
  })
})

describeWithTestdata('totals of the test models', () => {
  it('says why a model of operator set 1 cannot be run, and describes it all the same', async () => {
    const summary = await summaryOf(testdata('models/mnist-cntk-onnxmodels.onnx'))
    expect(summary.notRunnable).toMatch(/operator set 1/)
    expect(summary).toMatchObject({ parameters: 5994, opset: 1, inputs: [{ name: 'Input3', shape: [1, 1, 28, 28] }] })
  })

  it('counts the integer weights of a quantised net and refuses its gradient with a reason', async () => {
    const [quantized, real] = await Promise.all(['shufflenet-v2-12-int8.onnx', 'shufflenet-v2-dequant.onnx'].map((file) => summaryOf(testdata(`models/${file}`))))
    expect(quantized?.parameters).toBe(real?.parameters)
    expect(quantized?.macs).toBe(real?.macs)
    expect(quantized?.operators.find(({ op }) => op === 'QLinearConv')).toMatchObject({ gradient: 'refused', reason: expect.stringMatching(/float32/) as string })
  })
})
