import { defineGradient } from '../define-gradient.ts'
import { castBack } from '../cast-back.ts'

/** Cast to the type of the second input, which has no gradient. Operator sets 15 to 23. */
export default defineGradient({
  op: 'CastLike',
  gradient: castBack,
  samples: [
    { name: 'to the same type', inputs: [{ dims: [2, 3] }, { constant: [1], dims: [1], dataType: 'float32' }] },
  ],
})
