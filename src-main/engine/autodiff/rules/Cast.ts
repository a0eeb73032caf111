import { int } from '../../onnx/attributes.ts'
import { dataTypes } from '../../onnx/model.ts'
import { defineGradient } from '../define-gradient.ts'
import { castBack } from '../cast-back.ts'

/** Between float types the gradient is cast back; a cast to or from integers or booleans stops it. Operator sets 6 to 23. */
export default defineGradient({
  op: 'Cast',
  gradient: castBack,
  samples: [
    { name: 'to the same type', attributes: { to: int(dataTypes.indexOf('float32')) }, inputs: [{ dims: [2, 3] }] },
  ],
})
