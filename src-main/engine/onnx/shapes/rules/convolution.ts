/** Convolutions: x [N, C, ...spatial], w [M, C/group, ...kernel]. */
import { intOf } from '../../attributes.ts'
import type { DataType } from '../../model.ts'
import { mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber, showShape } from '../dims.ts'
import { windowPositions, windowsOf } from '../windows.ts'

export default defineShape({
  ops: ['Conv', 'ConvInteger', 'QLinearConv', 'com.microsoft::FusedConv', 'com.microsoft::QLinearConv'],
  infer: (context) => {
    const { node } = context
    const quantized = node.opType === 'QLinearConv'
    const x = shapeAt(context, 0)
    const w = shapeAt(context, quantized ? 3 : 1)
    const dataType: DataType = node.opType === 'ConvInteger' ? 'int32' : typeAt(context, quantized ? 7 : 0, typeAt(context, 0))
    if (!x || !w) return [{ dataType, shape: x && [x[0] ?? null, ...x.slice(1).map(() => null)] }]
    if (x.length < 3 || w.length !== x.length)
      mismatch(context, `input and weights were expected to have the same rank of at least 3, got ${showShape(x)} and ${showShape(w)}.`)
    const group = intOf(node, 'group', 1)
    const [batch = null, channels = null, ...extents] = x
    const [maps = null, perGroup = null, ...kernel] = w
    if (isNumber(channels) && isNumber(perGroup) && channels !== perGroup * group)
      mismatch(context, `the weights ${showShape(w)} with ${group} group${group === 1 ? '' : 's'} expect ${perGroup * group} input channels, got ${channels} (input ${showShape(x)}).`)
    return [{ dataType, shape: [batch, maps, ...windowPositions(context, extents, windowsOf(node, extents.length, kernel))] }]
  },
})
