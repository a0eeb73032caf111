import { elementCount } from '../../onnx/tensor-data.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { toDisplay } from '../color.ts'
import { defineParameterisation } from '../define-parameterisation.ts'

const deviation = 0.01

/** Every pixel by itself, in decorrelated colours. */
export default defineParameterisation({
  id: 'pixel', title: 'Pixels',
  initial({ batch, channels, height, width }, random) {
    const dims = [batch, channels, height, width]
    return { pixels: floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.normal(0, deviation))) }
  },
  build: (emit, { pixels }) => toDisplay(emit, pixels!),
})
