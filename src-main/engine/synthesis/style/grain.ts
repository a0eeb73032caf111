/** On which grid of pixels a network may be cut, and how far its layers look. */
import { AppError } from '#contract/errors.ts'
import { findLayer } from '../../network/find-layer.ts'
import type { BackboneSource, Extent } from './backbone.ts'
import type { Grain } from './tiles.ts'

export interface NetworkGrain extends Grain {
  /** Pixels from one position to the next, by layer. */
  readonly strides: ReadonlyMap<string, number>
  /** False: some layer looks farther than the margin (or everywhere), and tiles are not quite those of the whole picture. */
  readonly exact: boolean
}

/** Farther looks count little: weights fall off towards the edge of a receptive field (Luo et al. 2016, arXiv:1701.04128). */
const widestMargin = 160
const candidates = [32, 64, 96, 160, 224]

/** Throws 'model-unsupported' where layers do not lie on a regular grid of pixels. */
export function grainOf(source: BackboneSource, layers: readonly string[], base: Extent): NetworkGrain {
  const mapsAt = (more: number) => source.at({ height: base.height + more, width: base.width + more }, layers).taps
  const smallest = mapsAt(0)
  for (const stride of candidates) {
    const [once, twice] = [mapsAt(stride), mapsAt(2 * stride)]
    const strides = new Map([...smallest].map(([layer, tap]) => [layer, stride / ((once.get(layer)?.height ?? 0) - tap.height)]))
    const regular = [...smallest].every(([layer, tap]) => {
      const [first, second] = [(once.get(layer)?.height ?? 0) - tap.height, (twice.get(layer)?.height ?? 0) - tap.height]
      return first > 0 && second === 2 * first && Number.isInteger(stride / first)
    })
    if (!regular) continue
    const fields = layers.map((layer) => findLayer(source.network, layer).receptiveField)
    const widest = Math.max(...fields.map((field) => (field && !field.wholeInput ? Math.max(field.height, field.width) : Infinity)))
    const needed = Math.ceil(widest / 2 / stride) * stride
    const grid = Math.max(...strides.values())
    const margin = Math.min(Math.ceil(widest / 2 / grid) * grid, Math.ceil(widestMargin / grid) * grid)
    return { stride: grid, margin, strides, exact: needed <= margin }
  }
  throw new AppError('model-unsupported', 'The layers of this model do not lie on a regular grid of pixels, so that it cannot be computed in tiles: allow more memory, or make a smaller picture.')
}
