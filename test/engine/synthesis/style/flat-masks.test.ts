import { describe, expect, it } from 'vitest'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { ints } from '#engine/onnx/attributes.ts'
import type { Model } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { withFlatMasks } from '#engine/synthesis/style/flat-masks.ts'
import { graphModel } from '../../../support/graph-model.ts'
import { noise, noiseWeight } from '../../../support/noise.ts'
import { runModel } from '../../../support/run-model.ts'

/** Two ReLUs, of which the first is read beside the second's way. */
const network: Model = graphModel({
  inputs: { x: [1, 3, 8, 8] },
  nodes: [
    { op: 'Conv', inputs: ['x', 'v'], outputs: ['a'], attributes: { pads: ints([1, 1, 1, 1]) } }, { op: 'Relu', inputs: ['a'], outputs: ['map'] },
    { op: 'Conv', inputs: ['map', 'w'], outputs: ['b'], attributes: { pads: ints([1, 1, 1, 1]) } }, { op: 'Relu', inputs: ['b'], outputs: ['y'] },
  ],
  outputs: { y: [1, 16, 8, 8] },
  constants: { v: noiseWeight([16, 3, 3, 3], 1), w: noiseWeight([16, 16, 3, 3], 2) },
})
const { model, gradients } = differentiate(network, inferShapes(network), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget, keep: ['map'] })
const map = { name: 'map', dataType: 'float32', dims: [1, 16, 8, 8] } as const

describe('masks of maps that are held flat', () => {
  const changed = withFlatMasks(model, [map])

  it('leave the gradient as it is, to the last digit', async () => {
    const [before, after] = [await runModel(model, { x: noise([1, 3, 8, 8], 3) }), await runModel(changed, { x: noise([1, 3, 8, 8], 3) })]
    const gradient = gradients.get('x') ?? ''
    expect(after[gradient]!.data).toEqual(before[gradient]!.data)
    expect(before[gradient]!.data.some((value) => value !== 0)).toBe(true)
  })

  it('are read from the flat map and come right behind it; those of other maps stay', () => {
    const readers = (of: Model, name: string) => of.graph.nodes.filter(({ inputs }) => inputs[0] === name).map(({ opType }) => opType)
    expect(readers(model, 'map')).toContain('HardSigmoid')
    expect(readers(changed, 'map')).not.toContain('HardSigmoid')
    expect(readers(changed, 'y')).toEqual(readers(model, 'y'))
    const at = changed.graph.nodes.findIndex(({ outputs }) => outputs[0] === 'map')
    expect(changed.graph.nodes.slice(at + 1, at + 4).map(({ opType }) => opType)).toEqual(['Reshape', 'HardSigmoid', 'Reshape'])
    expect(withFlatMasks(model, [])).toBe(model)
    const names = changed.graph.nodes.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
