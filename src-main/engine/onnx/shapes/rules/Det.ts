import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({ ops: ['Det'], infer: (context) => [{ dataType: typeAt(context, 0), shape: shapeAt(context, 0)?.slice(0, -2) }] })
