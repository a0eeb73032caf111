/** Mean and deviation of inputs and of answers, from the training part alone: the held-out part must not be looked at. */
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { Dataset, NumberTarget } from './dataset.ts'
import { valuesPerExample } from './dataset.ts'

/** Per channel, for pixels in 0..1; per column of numbers. A value x becomes (x - mean) / std. */
export interface Standardization { readonly mean: readonly number[]; readonly std: readonly number[] }

/** 'channel': each channel or column by itself; 'all': one mean and deviation for all of them. A constant column keeps its scale (std 1). */
export function standardizationOf({ input }: Pick<Dataset, 'input'>, trainIndices: Int32Array, mode: Recipe['standardize']): Standardization {
  const columns = input.kind === 'pictures' ? input.channels : input.columns.length
  if (mode === 'none') return plain(columns)
  if (typeof mode === 'object') return asGiven(mode, columns, input.kind)
  const values = input.kind === 'pictures' ? input.pixels : input.values
  const moments = momentsOf(values, valuesPerExample(input), columns, trainIndices, input.kind === 'pictures' ? 255 : 1)
  return finish(mode === 'all' ? columnsAlike(moments) : moments)
}

/** Per column of numbers; undefined where answers are classes. Boxes and keypoints are shares of the picture and stay as they are. */
export function targetStandardizationOf({ target }: Pick<Dataset, 'target'>, trainIndices: Int32Array): Standardization | undefined {
  if (target.kind === 'classes') return undefined
  return target.geometry === undefined ? standardizationOf({ input: numbersOf(target) }, trainIndices, 'channel') : plain(target.columns.length)
}

const numbersOf = ({ columns, values }: NumberTarget): Dataset['input'] => ({ kind: 'numbers', columns, values })
const plain = (columns: number): Standardization => ({ mean: Array.from({ length: columns }, () => 0), std: Array.from({ length: columns }, () => 1) })

function asGiven({ mean, std }: Standardization, columns: number, kind: 'pictures' | 'numbers'): Standardization {
  for (const [name, values] of [['mean', mean], ['std', std]] as const) {
    if (values.length !== columns && values.length !== 1) throw new AppError('option-invalid', `standardize.${name} has ${values.length} values; the ${kind} have ${columns} ${kind === 'pictures' ? 'channels' : 'columns'}. Give ${columns}, or one for all.`)
  }
  const spread = (values: readonly number[]): number[] => Array.from({ length: columns }, (_, column) => values[values.length === 1 ? 0 : column]!)
  return { mean: spread(mean), std: spread(std) }
}

/** Of values divided by `unit`. */
interface Moments { readonly mean: Float64Array; readonly variance: Float64Array }

/** Rows of `length` values, in which columns take turns. Sums are shifted by the first row, which keeps them exact for columns far from zero. */
function momentsOf(values: ArrayLike<number>, length: number, columns: number, rows: Int32Array, unit: number): Moments {
  const origin = Float64Array.from({ length: columns }, (_, column) => (rows.length > 0 ? values[rows[0]! * length + column]! : 0))
  const sum = new Float64Array(columns), squares = new Float64Array(columns)
  for (const row of rows) {
    const end = (row + 1) * length
    for (let column = 0; column < columns; column++) {
      const center = origin[column]!
      let total = 0, square = 0
      for (let at = row * length + column; at < end; at += columns) {
        const value = values[at]! - center
        total += value
        square += value * value
      }
      sum[column]! += total
      squares[column]! += square
    }
  }
  const count = Math.max(1, (rows.length * length) / columns)
  const shift = sum.map((total) => total / count)
  return {
    mean: shift.map((value, column) => (value + origin[column]!) / unit),
    variance: squares.map((square, column) => Math.max(0, square / count - shift[column]! ** 2) / unit ** 2),
  }
}

/** All columns have the same number of values: the common variance is that within columns and that between them. */
function columnsAlike({ mean, variance }: Moments): Moments {
  const average = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const center = average(mean)
  const common = average(variance.map((value, column) => value + (mean[column]! - center) ** 2))
  return { mean: mean.map(() => center), variance: variance.map(() => common) }
}

/** Below this share of its mean a deviation is rounding, not variation. */
const constantShare = 1e-7

const finish = ({ mean, variance }: Moments): Standardization => ({
  mean: [...mean],
  std: Array.from(variance, (value, column) => (Math.sqrt(value) > constantShare * Math.max(Math.abs(mean[column]!), Number.MIN_VALUE) ? Math.sqrt(value) : 1)),
})
