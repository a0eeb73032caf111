/**
 * The picture's spectrum, each frequency scaled by its wavelength as in natural pictures, so that coarse and fine structure are moved alike (Olah et al. 2017,
 * "preconditioning"; Lucid's fft_image). The inverse transform of a real picture, as products with matrices of cosines and sines: no device
 * lacks those, and their gradient is their transpose.
 *   x[y, x] = sum over v of a_v Re(sum over u of S[u, v] e^(2 pi i u y / H) e^(2 pi i v x / W)) / (H W),  a_0 = a_(W/2) = 1, else 2.
 */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { elementCount, float32Tensor } from '../../onnx/tensor-data.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { toDisplay } from '../color.ts'
import { defineParameterisation, planesOf } from '../define-parameterisation.ts'

const deviation = 0.01
/** Lucid's: brings the first picture's contrast to that of pixels. */
const contrast = 1 / 4

/** Columns of the half spectrum that determines a real picture. */
const columnsOf = (width: number): number => Math.floor(width / 2) + 1
const frequency = (index: number, length: number): number => (index <= length / 2 ? index : index - length) / length

export default defineParameterisation({
  id: 'fourier', title: 'Frequencies', summary: 'The spectrum, coarse and fine structure moved alike',
  initial(shape, random) {
    const { batch, height, width } = shape
    // Real parts above imaginary ones.
    const dims = [batch, planesOf(shape), 2 * height, columnsOf(width)]
    return { spectrum: floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.normal(0, deviation))) }
  },
  build(emit, { spectrum }, shape) {
    const { batch, height, width } = shape
    const columns = columnsOf(width)
    const scaled = emit.mul(spectrum!, wavelengths(emit, height, width))
    // [P; Q] = [[C, -S], [S, C]] [R; I]: real and imaginary part behind the transform along the rows.
    const rows = emit.matMul(constantMatrix(emit, 2 * height, 2 * height, (to, from) => {
      const angle = (2 * Math.PI * (to % height) * (from % height)) / height
      if (to < height === from < height) return Math.cos(angle)
      return to < height ? -Math.sin(angle) : Math.sin(angle)
    }), scaled)
    const [real, imaginary] = emit.split(rows, [height, height], 2) as [Value, Value]
    const along = (wave: (angle: number) => number): Value => constantMatrix(emit, columns, width, (v, x) => {
      const alone = v === 0 || 2 * v === width
      return ((alone ? 1 : 2) * wave((2 * Math.PI * v * x) / width)) / (height * width)
    })
    const picture = emit.sub(emit.matMul(real, along(Math.cos)), emit.matMul(imaginary, along(Math.sin)))
    return toDisplay(emit, emit.reshape(emit.mul(picture, contrast), [batch, planesOf(shape), height, width]), shape)
  },
})

/** sqrt(H W) / max(|f|, 1 / max(H, W)), twice: for the real and the imaginary rows. */
function wavelengths(emit: Emit, height: number, width: number): Value {
  const lowest = 1 / Math.max(height, width)
  return constantMatrix(emit, 2 * height, columnsOf(width), (row, column) =>
    Math.sqrt(height * width) / Math.max(Math.hypot(frequency(row % height, height), frequency(column, width)), lowest))
}

function constantMatrix(emit: Emit, rows: number, columns: number, entry: (row: number, column: number) => number): Value {
  return emit.constant(float32Tensor([rows, columns], Float32Array.from({ length: rows * columns }, (_, index) => entry(Math.floor(index / columns), index % columns))))
}
