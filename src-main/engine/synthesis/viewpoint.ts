/** Where each element of what the network sees is read from the picture: the transforms of a step as one grid, so that pixels are interpolated once. */
import { int, string } from '../onnx/attributes.ts'
import type { Emit, Value } from '../autodiff/emit.ts'
import type { Random } from '../lib/random.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import { compose, identity } from './define-transform.ts'
import type { Affine, Extent, Transform } from './define-transform.ts'

export interface AppliedTransform { readonly transform: Transform; readonly amount: number }

/** Operator set 20 names the mode anew. Bilinear samples of the picture [N, C, H, W] at `grid` [N, H, W, 2] (Jaderberg et al. 2015, arXiv:1506.02025, eq. 5); `ground` beyond its border. */
export function lookAt(emit: Emit, picture: Value, grid: Value, ground: number): Value {
  const [seen] = emit.node('GridSample', [emit.sub(picture, ground), grid], { mode: string(emit.opset >= 20 ? 'linear' : 'bilinear'), padding_mode: string('zeros'), align_corners: int(0) }, [picture])
  return emit.add(seen ?? picture, ground)
}

/** [N, H, W, 2], columns before rows, -1 and 1 at the borders; another draw for every picture. */
export function drawGrid(random: Random, applied: readonly AppliedTransform[], batch: number, extent: Extent): FloatTensor {
  const { height, width } = extent
  const data = new Float32Array(batch * height * width * 2)
  for (let sample = 0; sample < batch; sample++) {
    fillGrid(data.subarray(sample * height * width * 2, (sample + 1) * height * width * 2), drawView(random, applied, extent), extent)
  }
  return floatTensor([batch, height, width, 2], data)
}

/** The transforms one after the other, as one. */
export const drawView = (random: Random, applied: readonly AppliedTransform[], extent: Extent): Affine =>
  applied.reduce<Affine>((sum, { transform, amount }) => compose(sum, transform.draw(random, amount, extent)), identity)

function fillGrid(data: Float32Array, [a, b, tx, c, d, ty]: Affine, { height, width }: Extent): void {
  for (let row = 0; row < height; row++) {
    const y = row + 0.5 - height / 2
    for (let column = 0; column < width; column++) {
      const x = column + 0.5 - width / 2
      const at = 2 * (row * width + column)
      data[at] = (2 * (a * x + b * y + tx)) / width
      data[at + 1] = (2 * (c * x + d * y + ty)) / height
    }
  }
}
