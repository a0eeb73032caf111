import { elementCount } from '../../onnx/tensor-data.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { toDisplay } from '../color.ts'
import { defineParameterisation, planesOf } from '../define-parameterisation.ts'

const deviation = 0.01

/** Every pixel by itself, in decorrelated colours. */
export default defineParameterisation({
  id: 'pixel', title: 'Pixels', summary: 'Every pixel by itself',
  initial(shape, random) {
    const dims = [shape.batch, planesOf(shape), shape.height, shape.width]
    return { pixels: floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.normal(0, deviation))) }
  },
  build: (emit, { pixels }, shape) => toDisplay(emit, pixels!, shape),
})
