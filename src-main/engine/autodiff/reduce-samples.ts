import { int } from '../onnx/attributes.ts'
import type { GradientSample } from './define-gradient.ts'

/** Every way of naming axes that the Reduce family has, over inputs in `range`. */
export function reduceSamples(range: readonly [number, number] = [-1, 1], distinct = false): GradientSample[] {
  const x = { dims: [2, 3, 4], range, distinct }
  const axes = (...list: number[]) => ({ constant: list, dims: [list.length], dataType: 'int64' as const })
  return [
    { name: 'all axes', inputs: [x] },
    { name: 'all axes, not kept', attributes: { keepdims: int(0) }, inputs: [x] },
    { name: 'one axis', inputs: [x, axes(1)] },
    { name: 'negative axes, not kept', attributes: { keepdims: int(0) }, inputs: [x, axes(-1, 0)] },
    { name: 'an axis of length 1', inputs: [{ ...x, dims: [3, 1, 4] }, axes(1)] },
    { name: 'empty axes mean all', inputs: [x, axes()] },
    { name: 'empty axes mean none', attributes: { noop_with_empty_axes: int(1) }, inputs: [x, axes()] },
    { name: 'axes omitted mean none', attributes: { noop_with_empty_axes: int(1) }, inputs: [x] },
  ]
}
