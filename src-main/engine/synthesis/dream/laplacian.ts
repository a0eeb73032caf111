/**
 * A gradient whose coarse and fine structure are of equal strength: split into a Laplacian pyramid, every level divided by its root mean square, put
 * together again (Burt and Adelson 1983; Mordvintsev's DeepDreaming with TensorFlow, `lap_normalize`, which has four levels).
 */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { meanOf } from '../unit-step.ts'
import { widened } from './smooth.ts'

/** Binomial, sum 1. */
const kernel = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const
const smallest = 1e-10

/** Planes [C, 1, H, W]. Levels of which nothing would be left are not split off. */
export function equalized(emit: Emit, planes: Value, levels: number): Value {
  if (levels === 0) return planes
  const details: Value[] = []
  let coarsest = planes
  while (details.length < levels && Math.min(...coarsest.dims.slice(2)) >= 2) {
    const coarser = reduced(emit, coarsest)
    details.push(emit.sub(coarsest, expanded(emit, coarser, coarsest.dims)))
    coarsest = coarser
  }
  return details.reduceRight((sum, detail) => emit.add(normalized(emit, detail), expanded(emit, sum, detail.dims)), normalized(emit, coarsest))
}

const normalized = (emit: Emit, level: Value): Value => emit.div(level, emit.max(emit.sqrt(meanOf(emit, emit.mul(level, level))), smallest))

/** Smoothed, every second row and column. */
function reduced(emit: Emit, planes: Value): Value {
  const weights = kernel.flatMap((down) => kernel.map((across) => down * across))
  return emit.conv(widened(emit, planes, 2, 2), emit.constant(float32Tensor([1, 1, 5, 5], weights)), { strides: [2, 2] })
}

/** Of a coarse sample before, at and behind it: what an even and an odd fine one take (zeros between the coarse ones, smoothed by twice the kernel). */
const shares = [[2 * kernel[0], 2 * kernel[2], 2 * kernel[4]], [0, 2 * kernel[1], 2 * kernel[3]]] as const

/** At that extent: the four fine samples of a coarse one are channels of a convolution, laid out in space. */
function expanded(emit: Emit, coarse: Value, [, , height = 1, width = 1]: readonly number[]): Value {
  const weights = shares.flatMap((down) => shares.flatMap((across) => down.flatMap((row) => across.map((column) => row * column))))
  const fine = emit.depthToSpace(emit.conv(widened(emit, coarse, 1, 1), emit.constant(float32Tensor([4, 1, 3, 3], weights))), 2)
  return fine.dims[2] === height && fine.dims[3] === width ? fine : emit.slice(fine, [0, 0], [height, width], [2, 3])
}
