import { defineGradient } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import { spread } from '../lowering/spread.ts'

/** dx = dy put back where it was taken, zeros elsewhere. Any steps; bounds are clamped as the operator does. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Slice',
  gradient: [
    (c) => {
      const { dims } = c.input(0)
      const given = c.numbersInput(1)
      const axes = (c.inputs[3] ? c.numbersInput(3) : given.map((_, axis) => axis)).map((axis) => resolveAxis(axis, dims.length))
      const stepsGiven = c.inputs[4] ? c.numbersInput(4) : given.map(() => 1)
      const starts = dims.map(() => 0)
      const steps = dims.map(() => 1)
      for (const [at, axis] of axes.entries()) {
        const dim = dims[axis] ?? 0
        const step = stepsGiven[at] ?? 1
        const start = given[at] ?? 0
        steps[axis] = step
        starts[axis] = Math.min(Math.max(start < 0 ? start + dim : start, 0), step < 0 ? dim - 1 : dim)
      }
      return spread(c.emit, c.dy(), dims, starts, steps)
    },
  ],
  samples: [
    slice('one axis', [6, 4], { starts: [1], ends: [4], axes: [0] }),
    slice('default axes', [5, 6, 3], { starts: [1, 2], ends: [3, 5] }),
    slice('negative bounds and axes', [5, 6, 3], { starts: [-4, 0], ends: [-1, -1], axes: [-2, -1] }),
    slice('bounds beyond the ends', [5, 6], { starts: [-100, 2], ends: [100, 2 ** 62], axes: [0, 1] }),
    slice('steps that leave a remainder', [7, 8], { starts: [0, 1], ends: [7, 8], axes: [0, 1], steps: [3, 2] }),
    slice('a step that takes one element', [7], { starts: [2], ends: [7], axes: [0], steps: [9] }),
    slice('reversed to the first element', [5, 3], { starts: [-1], ends: [-(2 ** 62)], axes: [0], steps: [-1] }),
    slice('negative steps', [9, 8], { starts: [7, 100], ends: [1, 0], axes: [0, 1], steps: [-2, -3] }),
    slice('focus of a space-to-depth stem', [1, 2, 6, 6], { starts: [0, 1], ends: [6, 6], axes: [2, 3], steps: [2, 2] }),
  ],
})

function slice(name: string, dims: readonly number[], bounds: { starts: number[]; ends: number[]; axes?: number[]; steps?: number[] }) {
  const list = (numbers: number[]) => ({ constant: numbers, dims: [numbers.length], dataType: 'int64' as const })
  const { starts, ends, axes, steps } = bounds
  return { name, inputs: [{ dims }, list(starts), list(ends), axes ? list(axes) : null, ...(steps ? [list(steps)] : [])] }
}
