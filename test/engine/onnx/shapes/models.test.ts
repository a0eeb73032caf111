/** Inferred facts of whole models against every intermediate tensor of a run. */
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { opsetOf } from '#engine/onnx/model.ts'
import type { Model } from '#engine/onnx/model.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { foldConstants } from '#engine/onnx/shapes/fold-constants.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { runAllValues } from '../../../support/all-values.ts'
import { compareFacts } from '../../../support/compare-facts.ts'
import { describeWithTestdata, hasTestdata, testdata } from '../../../support/testdata.ts'
import { describeWithTorch, exportTorchvision } from '../../../support/torchvision.ts'

const files = hasTestdata ? readdirSync(testdata('models')).filter((name) => name.endsWith('.onnx')) : []

/** Without the shapes that the file states for inner values and outputs: everything has to be inferred. */
const unstated = (model: Model): Model => ({ ...model, graph: { ...model.graph, valueInfos: new Map(), outputs: model.graph.outputs.map(({ name }) => ({ name })) } })

describeWithTestdata('shapes of the test models are those of a run', () => {
  it.each(files)('%s', async (file) => {
    const model = await loadModel(testdata(`models/${file}`))
    const dims = Object.fromEntries(
      model.graph.inputs.flatMap(({ name, type }) => (type?.kind === 'tensor' && !model.graph.initializers.has(name) ? [[name, (type.shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : axis < 2 ? 1 : 224))]] : [])),
    )
    const facts = inferShapes(unstated(model), dims)
    if (opsetOf(model) < 7) return
    const result = compareFacts(model, facts, await runAllValues(model, dims))
    expect(result.wrong).toEqual([])
    expect(result.open).toEqual([])
    expect(result.compared).toBeGreaterThan(0)
  })
})

const nets: readonly (readonly [string, number])[] = [
  ['squeezenet1_1', 11], ['resnet18', 12], ['resnet50', 13], ['alexnet', 15], ['googlenet', 11], ['mobilenet_v2', 16], ['mobilenet_v3_small', 14], ['densenet121', 13],
  ['shufflenet_v2_x1_0', 13], ['efficientnet_b0', 13], ['inception_v3', 13], ['convnext_tiny', 13], ['swin_t', 16], ['vit_b_16', 14],
]

describeWithTorch('shapes of torchvision networks are those of a run', () => {
  it.each(nets)('%s at operator set %i', async (name, opset) => {
    const model = await loadModel(exportTorchvision(name, opset))
    const facts = inferShapes(unstated(model))
    const folded = foldConstants(model, facts)
    const results = await runAllValues(model)
    const result = compareFacts(model, facts, results)
    expect(result.wrong).toEqual([])
    expect(result.open).toEqual([])
    // Folding leaves no shape plumbing behind and changes no result.
    expect(folded.graph.nodes.filter((node) => ['Shape', 'Constant', 'Range', 'ConstantOfShape'].includes(node.opType))).toEqual([])
    const again = await runAllValues(folded)
    expect(again['output']?.data).toEqual(results['output']?.data)
  })

  it.each([['resnet18', 13], ['googlenet', 13], ['shufflenet_v2_x1_0', 11], ['vit_b_16', 14], ['swin_t', 13]] as const)('%s keeps a symbolic batch up to its output', async (name, opset) => {
    const model = await loadModel(exportTorchvision(name, opset, { dynamic: 'batch' }))
    expect(inferShapes(unstated(model)).get('output')?.shape).toEqual(['batch', 1000])
    const fixed = inferShapes(unstated(model), { input: [2, 3, 224, 224] })
    const result = compareFacts(model, fixed, await runAllValues(model, { input: [2, 3, 224, 224] }))
    expect(result.wrong).toEqual([])
    expect(result.open).toEqual([])
  })

  it.each([['resnet18', 13], ['efficientnet_b0', 13]] as const)('%s exported with symbolic sizes is static for a given size', async (name, opset) => {
    const model = await loadModel(exportTorchvision(name, opset, { dynamic: 'all' }))
    const dims = { input: [1, 3, 96, 160] }
    const result = compareFacts(model, inferShapes(unstated(model), dims), await runAllValues(model, dims))
    expect(result.wrong).toEqual([])
    expect(result.open).toEqual([])
  })
})
