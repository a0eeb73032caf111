/** One layer's answer as units, each a map: however the tensor lays them out. */
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import { patchGrid } from '#contract/patch-grid.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'

export interface LayerValues {
  readonly units: number
  readonly height: number
  readonly width: number
  readonly data: Float32Array
  /** Element of unit u at (y, x): data[start + u * unitStride + y * rowStride + x * columnStride]. */
  readonly start: number
  readonly unitStride: number
  readonly rowStride: number
  readonly columnStride: number
}

/** The first picture of the batch. Throws 'layer-invalid' for a layer whose output cannot be pictured. */
export function layerValues(layer: Layer, tensor: HostTensor): LayerValues {
  const data = float32OfHost(tensor)
  const { view } = layer
  switch (view.type) {
    case 'maps': {
      const { channels, height, width } = view
      return view.channelsLast
        ? { units: channels, height, width, data, start: 0, unitStride: 1, rowStride: width * channels, columnStride: channels }
        : { units: channels, height, width, data, start: 0, unitStride: height * width, rowStride: width, columnStride: 1 }
    }
    case 'vector': return { units: view.units, height: 1, width: 1, data, start: 0, unitStride: 1, rowStride: 0, columnStride: 0 }
    case 'tokens': return tokenValues(view.tokens, view.units, data)
    case 'none': throw new AppError('layer-invalid', `The output of '${layer.title}' has no picture: its shape is [${layer.shape.map((dim) => dim ?? '?').join(', ')}].`)
  }
}

/** Patches of a picture in reading order: features are maps again. */
function tokenValues(tokens: number, units: number, data: Float32Array): LayerValues {
  const grid = patchGrid(tokens)
  if (grid) return { units, height: grid.side, width: grid.side, data, start: grid.extra * units, unitStride: 1, rowStride: grid.side * units, columnStride: units }
  return { units, height: tokens, width: 1, data, start: 0, unitStride: 1, rowStride: units, columnStride: 0 }
}

/** One unit's map, [height, width], copied. Throws 'target-invalid' for a unit that does not exist. */
export function unitMap(values: LayerValues, unit: number): Float32Array {
  if (unit >= values.units) throw new AppError('target-invalid', `Unit ${unit} does not exist: the layer has ${values.units}, 0 to ${values.units - 1}.`)
  const { height, width, data, start, unitStride, rowStride, columnStride } = values
  const map = new Float32Array(height * width)
  for (let row = 0, to = 0; row < height; row++)
    for (let column = 0; column < width; column++, to++) map[to] = data[start + unit * unitStride + row * rowStride + column * columnStride]!
  return map
}

export interface UnitRange { readonly low: number; readonly high: number; readonly mean: number }

/** Lowest, highest and mean value of each unit; values that are not numbers are left out. */
export function unitRanges(values: LayerValues): UnitRange[] {
  const { units, height, width, data, start, unitStride, rowStride, columnStride } = values
  return Array.from({ length: units }, (_, unit) => {
    let low = Infinity, high = -Infinity, sum = 0, count = 0
    for (let row = 0; row < height; row++) {
      let at = start + unit * unitStride + row * rowStride
      for (let column = 0; column < width; column++, at += columnStride) {
        const value = data[at]!
        if (!Number.isFinite(value)) continue
        if (value < low) low = value
        if (value > high) high = value
        sum += value
        count++
      }
    }
    return count === 0 ? { low: 0, high: 0, mean: 0 } : { low, high, mean: sum / count }
  })
}
