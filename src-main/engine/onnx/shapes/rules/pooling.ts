/** Sliding pools: x [N, C, ...spatial] ([N, ...spatial, C] where com.microsoft's channels_last is set); MaxPool's second output holds indices. */
import { intOf } from '../../attributes.ts'
import { mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { showShape } from '../dims.ts'
import { windowPositions, windowsOf } from '../windows.ts'

export default defineShape({
  ops: ['AveragePool', 'LpPool', 'MaxPool', 'com.microsoft::QLinearAveragePool'],
  infer: (context) => {
    const { node } = context
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }, { dataType: 'int64' }]
    if (x.length < 3) mismatch(context, `its input was expected to have spatial axes (rank 3 or more), got ${showShape(x)}.`)
    const channelsLast = intOf(node, 'channels_last', 0) === 1
    const extents = channelsLast ? x.slice(1, -1) : x.slice(2)
    const positions = windowPositions(context, extents, windowsOf(node, extents.length))
    const shape = channelsLast ? [x[0] ?? null, ...positions, x.at(-1) ?? null] : [x[0] ?? null, x[1] ?? null, ...positions]
    return [{ dataType, shape }, { dataType: 'int64', shape }]
  },
})
