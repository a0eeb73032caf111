import { describe, expect, it } from 'vitest'
import type { Attribute, Graph, Model } from '#engine/onnx/model.ts'
import { foldConstants } from '#engine/onnx/shapes/fold-constants.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { resolveBranches } from '#engine/onnx/shapes/resolve-branches.ts'
import { int64Tensor } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../../support/graph-model.ts'
import { runModel } from '../../../support/run-model.ts'

const graphOf = (model: Model): Attribute => ({ kind: 'graph', value: model.graph })
const branch = (nodes: Parameters<typeof graphModel>[0]['nodes'], output: string): Attribute => graphOf(graphModel({ inputs: {}, nodes, outputs: { [output]: undefined } }))
const opsOf = (graph: Graph): string[] => graph.nodes.map((node) => node.opType)

/** As torch.onnx writes x.squeeze(1): squeeze where that axis has length 1. */
function guarded(dims: readonly (number | string)[]): Model {
  return graphModel({
    inputs: { x: dims }, outputs: { y: undefined }, constants: { one: int64Tensor([1], [1]) },
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'one'], outputs: ['length'] },
      { op: 'Equal', inputs: ['length', 'one'], outputs: ['is-one'] },
      // `shape` is a name of the outer graph's; `inner` is used by both branches.
      { op: 'If', inputs: ['is-one'], outputs: ['squeezed'], attributes: {
        then_branch: branch([{ op: 'Squeeze', inputs: ['x', 'one'], outputs: ['inner'] }], 'inner'),
        else_branch: branch([{ op: 'Neg', inputs: ['x'], outputs: ['inner'] }, { op: 'Abs', inputs: ['inner'], outputs: ['last'] }], 'last'),
      } },
      { op: 'Exp', inputs: ['squeezed'], outputs: ['y'] },
    ],
  })
}

describe('resolving branches', () => {
  it.each([
    { dims: [2, 1, 2], ops: ['Squeeze', 'Identity', 'Exp'], expected: (x: number) => Math.exp(x) },
    { dims: [2, 2, 1], ops: ['Neg', 'Abs', 'Identity', 'Exp'], expected: (x: number) => Math.exp(Math.abs(x)) },
  ])('takes the branch that the shape $dims decides', async ({ dims, ops, expected }) => {
    const model = guarded(dims)
    const folded = foldConstants(model, inferShapes(model))
    expect(opsOf(folded.graph)).toEqual(ops)
    const x = [1, 2, -3, 0.5]
    const results = await runModel(folded, { x: floatTensor(dims, Float32Array.from(x)) })
    for (const [at, value] of x.entries()) expect(results['y']?.data[at]).toBeCloseTo(expected(value), 4)
  })

  it('leaves an If alone whose condition depends on a symbolic extent', () => {
    const model = guarded([2, 'n', 2])
    expect(resolveBranches(model, inferShapes(model))).toBe(model)
  })

  it('uses extents that are fixed afterwards', () => {
    const model = guarded([2, 'n', 2])
    expect(opsOf(foldConstants(model, inferShapes(model, { x: [2, 1, 2] })).graph)).toContain('Squeeze')
  })

  it('renames what a branch shares with the graph around it, and resolves an If within a branch', async () => {
    const constant = { constants: { yes: { dataType: 'bool' as const, dims: [], bytes: Uint8Array.of(1) } } }
    const within = graphModel({ inputs: {}, outputs: { deep: undefined }, nodes: [{ op: 'If', inputs: ['yes'], outputs: ['deep'], attributes: {
      then_branch: branch([{ op: 'Add', inputs: ['x', 'x'], outputs: ['double'] }], 'double'), else_branch: branch([{ op: 'Neg', inputs: ['x'], outputs: ['negative'] }], 'negative'),
    } }] })
    const model = graphModel({
      ...constant, inputs: { x: [2] }, outputs: { y: undefined, double: undefined },
      nodes: [
        { op: 'If', inputs: ['yes'], outputs: ['y'], attributes: { then_branch: graphOf(within), else_branch: branch([{ op: 'Identity', inputs: ['x'], outputs: ['same'] }], 'same') } },
        { op: 'Mul', inputs: ['x', 'x'], outputs: ['double'] },
      ],
    })
    const folded = foldConstants(model, inferShapes(model))
    expect(opsOf(folded.graph)).toEqual(['Add', 'Identity', 'Identity', 'Mul'])
    const results = await runModel(folded, { x: floatTensor([2], Float32Array.of(3, 5)) })
    expect([[...(results['y']?.data as Float32Array)], [...(results['double']?.data as Float32Array)]]).toEqual([[6, 10], [9, 25]])
  })
})
