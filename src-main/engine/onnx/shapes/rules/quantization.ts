/** Quantisation: the zero point (or `output_dtype`) names the quantised type, the scale the real one. */
import { intOf } from '../../attributes.ts'
import type { DataType } from '../../model.ts'
import { dataTypeOf, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'com.microsoft::QuantizeLinear', 'com.microsoft::DequantizeLinear'],
  infer: (context) => {
    const shape = shapeAt(context, 0)
    const named = intOf(context.node, 'output_dtype', 0)
    const dataType = (otherwise: DataType): DataType => (named > 0 ? dataTypeOf(named) : otherwise)
    if (context.node.opType === 'QuantizeLinear') return [{ dataType: dataType(typeAt(context, 2, 'uint8')), shape }]
    if (context.node.opType === 'DequantizeLinear') return [{ dataType: dataType(typeAt(context, 1)), shape }]
    return [{ dataType: 'uint8', shape }, { dataType: 'float32', shape: [] }, { dataType: 'uint8', shape: [] }]
  },
})
