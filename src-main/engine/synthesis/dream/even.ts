/** Makes all parts of a picture dream alike: where the network is most excited already, the gradient would otherwise take all of the step. */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { cornerShares } from '../../images/planes.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { nothing } from '../unit-step.ts'

/** Cells along the shorter side in which the gradient's size is measured. */
const cellsAcross = 10
/** Of the mean: parts with less are not raised further, or flat ones would be filled with noise. */
const least = 0.02

/** Divides the gradient [1, C, H, W] by its local size to the power `share`, bilinear between cells: 0 leaves it, 1 makes it equal everywhere. */
export function evened(emit: Emit, gradient: Value, share: number): Value {
  if (share === 0) return gradient
  const [, , height = 1, width = 1] = gradient.dims
  const cell = Math.max(1, Math.min(height, width) / cellsAcross)
  const [rows, columns] = [Math.max(1, Math.round(height / cell)), Math.max(1, Math.round(width / cell))]
  const sizes = between(emit, emit.reduceMean(emit.abs(gradient), [1], true), cellMeans(rows, height), cellMeans(columns, width))
  const ofMean = emit.div(sizes, emit.max(emit.reduceMean(sizes), nothing))
  return emit.mul(gradient, between(emit, emit.pow(emit.max(ofMean, least), -share), cornerShares(rows, height), cornerShares(columns, width)))
}

interface Matrix { readonly rows: number; readonly columns: number; readonly data: Float32Array }

/** down · values · acrossᵀ. */
function between(emit: Emit, values: Value, down: Matrix, across: Matrix): Value {
  const constant = ({ rows, columns, data }: Matrix): Value => emit.constant(float32Tensor([rows, columns], data))
  return emit.matMul(constant(down), emit.matMul(values, constant(transposed(across))))
}

/** [cells, length]: the mean of each cell's samples. */
function cellMeans(cells: number, length: number): Matrix {
  const cellOf = (index: number): number => Math.min(cells - 1, Math.floor((index * cells) / length))
  const counts = new Float32Array(cells)
  for (let index = 0; index < length; index++) counts[cellOf(index)]! += 1
  const data = new Float32Array(cells * length)
  for (let index = 0; index < length; index++) data[cellOf(index) * length + index] = 1 / counts[cellOf(index)]!
  return { rows: cells, columns: length, data }
}

const transposed = ({ rows, columns, data }: Matrix): Matrix => ({ rows: columns, columns: rows, data: Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!) })
