import { describe, expect, it } from 'vitest'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { ints } from '#engine/onnx/attributes.ts'
import type { Model } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { withPooledMasks } from '#engine/synthesis/style/pooled-masks.ts'
import { graphModel } from '../../../support/graph-model.ts'
import { noise, noiseWeight } from '../../../support/noise.ts'
import { runModel } from '../../../support/run-model.ts'

/** A ReLU behind a pool, and one that has none before it. */
const network: Model = graphModel({
  inputs: { x: [1, 3, 8, 8] },
  nodes: [
    { op: 'Conv', inputs: ['x', 'v'], outputs: ['a'], attributes: { pads: ints([1, 1, 1, 1]) } }, { op: 'Relu', inputs: ['a'], outputs: ['b'] },
    { op: 'MaxPool', inputs: ['b'], outputs: ['p'], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
    { op: 'Conv', inputs: ['p', 'w'], outputs: ['c'], attributes: { pads: ints([1, 1, 1, 1]) } }, { op: 'Relu', inputs: ['c'], outputs: ['y'] },
  ],
  outputs: { y: [1, 16, 4, 4] },
  constants: { v: noiseWeight([16, 3, 3, 3], 1), w: noiseWeight([16, 16, 3, 3], 2) },
})
const { model, gradients } = differentiate(network, inferShapes(network), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: { ...cpuTarget, blockedLayout: true } })

describe('masks of ReLUs behind a pool', () => {
  const changed = withPooledMasks(model)
  const readers = (of: Model, name: string) => of.graph.nodes.filter(({ inputs }) => inputs.includes(name)).map(({ opType }) => opType)

  it('leave the gradient as it is, to the last digit', async () => {
    const [before, after] = [await runModel(model, { x: noise([1, 3, 8, 8], 3) }), await runModel(changed, { x: noise([1, 3, 8, 8], 3) })]
    const gradient = gradients.get('x') ?? ''
    expect(after[gradient]!.data).toEqual(before[gradient]!.data)
    expect(before[gradient]!.data.some((value) => value !== 0)).toBe(true)
  })

  it('are read from what was pooled, so that no gradient reads the map; others stay', () => {
    const pooled = model.graph.nodes.find(({ opType }) => opType === 'MaxPool')?.outputs[0] ?? ''
    expect(readers(model, 'p')).toEqual(['Conv', 'HardSigmoid'])
    expect(readers(changed, 'p')).toEqual(['Conv'])
    expect(readers(changed, pooled)).toContain('HardSigmoid')
    expect(readers(changed, 'y')).toEqual(readers(model, 'y'))
  })
})
