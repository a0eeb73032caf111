/** The gradients of GridSample, over a picture seen as rows: one row an element of [N, ...spatial], one column a channel. */
import { elementCount, int64Tensor } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { gridTaps, type GridOptions, type GridTap } from './grid-taps.ts'

interface Corner {
  /** Row that is read, int64 [N P]. */
  readonly row: Value
  /** One tap an axis, first axis first. */
  readonly taps: readonly GridTap[]
}

/** dx: dy scattered back to the elements each point read, by their weights. */
export function gradientOfPicture(emit: Emit, x: Value, grid: Value, dy: Value, options: GridOptions): Value {
  const [batch = 1, channels = 1, ...spatial] = x.dims
  const rowsOfDy = toRows(emit, dy)
  const corners = cornersOf(emit, spatial, grid, options)
  const points = rowsOfDy.dims[0] ?? 0
  const updates = corners.map(({ taps }) => emit.mul(rowsOfDy, emit.reshape(productOf(emit, taps.map((tap) => tap.weight)), [points, 1])))
  const zeros = emit.fill([batch * elementCount(spatial), channels], 0, dy.dataType)
  const rows = emit.concat(corners.map(({ row }) => emit.reshape(row, [points, 1])), 0)
  const summed = emit.scatterND(zeros, rows, emit.concat(updates, 0), 'add')
  return emit.reshape(emit.transpose(emit.reshape(summed, [batch, elementCount(spatial), channels]), [0, 2, 1]), x.dims)
}

/** d grid: for every axis, what was read times the slope of its weight along that axis, summed over channels. */
export function gradientOfGrid(emit: Emit, x: Value, grid: Value, dy: Value, options: GridOptions): Value {
  if (options.mode === 'nearest') return emit.zerosLike(grid)
  const spatial = x.dims.slice(2)
  const [rowsOfX, rowsOfDy] = [toRows(emit, x), toRows(emit, dy)]
  const points = rowsOfDy.dims[0] ?? 0
  const totals: Value[] = []
  for (const { row, taps } of cornersOf(emit, spatial, grid, options)) {
    const read = emit.reduceSum(emit.mul(emit.gather(rowsOfX, row, 0), rowsOfDy), [1])
    for (const [axis, tap] of taps.entries()) {
      const slope = tap.slope ?? emit.zerosLike(tap.weight)
      const others = taps.filter((_, at) => at !== axis).map((other) => other.weight)
      const part = emit.mul(read, emit.reshape(productOf(emit, [slope, ...others]), [points]))
      const total = totals[axis]
      totals[axis] = total ? emit.add(total, part) : part
    }
  }
  // The grid names the last axis first: (x, y) for [H, W].
  return emit.reshape(emit.concat(totals.reverse().map((total) => emit.reshape(total, [points, 1])), 1), grid.dims)
}

/** [N, C, ...spatial] to [N spatial, C]. */
function toRows(emit: Emit, value: Value): Value {
  const [batch = 1, channels = 1, ...spatial] = value.dims
  const count = elementCount(spatial)
  return emit.reshape(emit.transpose(emit.reshape(value, [batch, channels, count]), [0, 2, 1]), [batch * count, channels])
}

const productOf = (emit: Emit, values: readonly Value[]): Value => values.reduce((product, value) => emit.mul(product, value))

/** Every combination of one tap an axis. */
function cornersOf(emit: Emit, spatial: readonly number[], grid: Value, options: GridOptions): Corner[] {
  const [batch = 1] = grid.dims
  const rank = spatial.length
  const points = elementCount(grid.dims.slice(1, -1))
  const flat = emit.reshape(grid, [batch, points, rank])
  const axes = spatial.map((length, axis) => {
    const coordinate = emit.reshape(emit.slice(flat, [rank - 1 - axis], [rank - axis], [2]), [batch, points])
    return gridTaps(emit, coordinate, length, options)
  })
  const offsets = emit.constant(int64Tensor([batch, 1], Array.from({ length: batch }, (_, sample) => sample * elementCount(spatial))))
  const combinations = axes.reduce<readonly (readonly GridTap[])[]>((lists, taps) => lists.flatMap((list) => taps.map((tap) => [...list, tap])), [[]])
  return combinations.map((taps) => {
    const [first, ...rest] = taps.map((tap) => tap.index)
    const index = rest.reduce((sum, next, at) => emit.add(emit.mul(sum, spatial[at + 1] ?? 1), next), first ?? emit.fill([batch, points], 0))
    const within = emit.cast(index, 'int64')
    return { taps, row: emit.reshape(batch === 1 ? within : emit.add(within, offsets), [batch * points]) }
  })
}
