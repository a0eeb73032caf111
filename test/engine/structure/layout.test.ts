/** How values are pictured. */
import { describe, expect, it } from 'vitest'
import { ints } from '#engine/onnx/attributes.ts'
import { viewOf } from '#engine/structure/layout.ts'
import { graph, modelOf, node, ones } from '../../support/graph-builder.ts'
import { described } from '../../support/opened.ts'

describe('the picture of a value', () => {
  it.each([
    [[1, 64, 28, 14], false, { type: 'maps', channels: 64, height: 28, width: 14 }],
    [[1, 28, 14, 64], true, { type: 'maps', channels: 64, height: 28, width: 14, channelsLast: true }],
    [[1, 1000], false, { type: 'vector', units: 1000 }],
    [[1, 512, 1, 1], false, { type: 'vector', units: 512 }],
    [[1, 197, 768], false, { type: 'tokens', tokens: 197, units: 768 }],
    [[197, 1, 768], false, { type: 'tokens', tokens: 197, units: 768 }],
    [[197, 768], false, { type: 'tokens', tokens: 197, units: 768 }],
    [['batch', 3, 8, 8], false, { type: 'maps', channels: 3, height: 8, width: 8 }],
    [[1, 3, null, null], false, { type: 'none' }],
    [[1, 2, 3, 4, 5], false, { type: 'none' }],
    [[], false, { type: 'none' }],
  ] as const)('%j (channels last: %s)', (shape, channelsLast, view) => {
    expect(viewOf(shape, channelsLast, 1)).toEqual(view)
  })

  it('of a net that takes [N, H, W, C] and transposes follows the axes', () => {
    const nodes = [
      node('Transpose', 'x', 't', { perm: ints([0, 3, 1, 2]) }), node('Conv', 't w', 'c', { strides: ints([2, 2]) }), node('Transpose', 'c', 'n', { perm: ints([0, 2, 3, 1]) }),
      node('Relu', 'n', 'r'), node('Add', 'r r2', 'y'), node('Sigmoid', 'n', 'r2'),
    ]
    const ordered = [...nodes.slice(0, 4), ...nodes.slice(5), ...nodes.slice(4, 5)]
    const { layers } = described(modelOf(graph(ordered, [['x', [1, 16, 12, 3]]], 'y', { w: ones(8, 3, 1, 1) })))
    expect(layers.map(({ op, view }) => [op, view])).toEqual([
      ['Input', { type: 'maps', channels: 3, height: 16, width: 12, channelsLast: true }],
      ['Conv', { type: 'maps', channels: 8, height: 8, width: 6 }],
      ['Relu', { type: 'maps', channels: 8, height: 8, width: 6, channelsLast: true }],
      ['Sigmoid', { type: 'maps', channels: 8, height: 8, width: 6, channelsLast: true }],
      ['Add', { type: 'maps', channels: 8, height: 8, width: 6, channelsLast: true }],
    ])
  })
})
