/**
 * Colors in a space whose axes natural pictures vary along independently, brightest first (Olah et al. 2017, "decorrelated space"): the square root of
 * the color covariance of the pictures that nets of that size are trained on, largest column norm 1. Gray pictures have one axis.
 */
import type { Emit, Value } from '../autodiff/emit.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'
import { planesOf } from './define-parameterisation.ts'
import type { PictureShape } from './define-parameterisation.ts'

type Root = readonly (readonly [number, number, number])[]
/** ImageNet's, as Lucid has it (lucid/optvis/param/color.py). */
const imagenet: Root = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]]
/** Of the first 4000 training pictures of CIFAR-10 (Krizhevsky 2009): U sqrt(S) of their covariance. */
const cifar: Root = [[0.2311, 0.0844, 0.0236], [0.2398, 0.0047, -0.0449], [0.248, -0.0832, 0.0214]]
function rootOf({ colors }: PictureShape): Root {
  const root = colors === 'thumbnails' ? cifar : imagenet
  const largest = Math.max(...[0, 1, 2].map((column) => Math.hypot(...root.map((row) => row[column as 0 | 1 | 2]))))
  return root.map((row) => row.map((entry) => entry / largest) as [number, number, number])
}

/** log(g / (1 - g)): what the sigmoid makes the ground of. */
export const logitOf = (ground: number): number => Math.log(ground / (1 - ground))

/** [N, planes, H, W] of any size to a picture in 0..1; a plane behind the colors is its alpha. */
export function toDisplay(emit: Emit, value: Value, shape: PictureShape): Value {
  const { channels, alpha } = shape
  const planes = planesOf(shape)
  const root = channels === 3 ? rootOf(shape) : [[1]]
  const kernel = Array.from({ length: planes * planes }, (_, at) => {
    const [to, from] = [Math.floor(at / planes), at % planes]
    return to < channels && from < channels ? (root[to]?.[from] ?? 0) : to === from ? 1 : 0
  })
  const mixed = planes === 1 ? value : emit.conv(value, emit.constant(float32Tensor([planes, planes, 1, 1], kernel)))
  const offsets = Array.from({ length: planes }, (_, plane) => (alpha && plane === planes - 1 ? 0 : logitOf(shape.ground)))
  return emit.sigmoid(offsets.every((offset) => offset === 0) ? mixed : emit.add(mixed, emit.constant(float32Tensor([1, planes, 1, 1], offsets))))
}
