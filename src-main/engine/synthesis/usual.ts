/** Settings that suit a model of some size. */
import type { FeaturesSettings, ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { displayChannels } from '../network/display-space.ts'
import type { PictureShape } from './define-parameterisation.ts'

/** Nets of inputs up to that side learn from thumbnails: centred things, bright colors, a few pixels wide. */
const smallSide = 64
/** The pictures that light-on-dark nets learned from are dark where they are empty; not quite, so that the sigmoid has a slope there. */
const darkGround = 0.04

/** Small enough that a unit's parts stay together, large enough that noise between them does not pay (Olah et al. 2017, "Transformation robustness"). */
export function usualTransforms({ height, width, colors, ground }: Pick<PictureShape, 'height' | 'width' | 'colors' | 'ground'>): Readonly<Record<string, number>> {
  const side = Math.min(height, width)
  if (isDark(ground)) return { pad: Math.round(side / 14), scale: 0.1, rotate: 8, jitter: Math.max(1, Math.round(side / 14)) }
  return colors === 'thumbnails' ? { scale: 0.1, rotate: 8, jitter: Math.max(1, side / 16) } : { scale: 0.05, rotate: 5, jitter: Math.max(2, Math.round(side / 20)) }
}

const isDark = (ground: number): boolean => ground < 0.25

/** What light-on-dark nets learned from is empty but for a few strokes in the middle; without a word on it, strokes go wherever they help. */
export const usualPenalties = ({ ground }: Pick<PictureShape, 'ground'>): ObjectiveTerm[] => (isDark(ground) ? [
  { id: 'boundary', weight: 5, relative: true }, { id: 'l1', weight: 1.5, relative: true }, { id: 'total-variation', weight: 0.4, relative: true },
] : [])

export const colorsOf = ({ height, width }: { readonly height: number; readonly width: number }): PictureShape['colors'] => (Math.max(height, width) <= smallSide ? 'thumbnails' : 'photographs')

export function shapeOf(display: DisplaySpace, { size, alpha, batch }: Pick<FeaturesSettings, 'size' | 'alpha' | 'batch'>, layers: readonly Layer[]): PictureShape {
  const { height, width, invert } = display.preprocessing
  const channels = displayChannels(display)
  const side = size === 'field' ? fieldSide(layers, height, width) : size
  return { batch, channels, height: side ?? height, width: side ?? width, alpha, colors: colorsOf({ height, width }), ground: channels === 1 && invert ? darkGround : 0.5 }
}

/** Around what a unit sees there is room for it to be seen from; nets whose later layers take one size only are cut where that begins to matter. */
const room = 2
const [leastField, granule] = [64, 16]

function fieldSide(layers: readonly Layer[], height: number, width: number): number | undefined {
  const fields = layers.map(({ receptiveField }) => receptiveField)
  if (layers.length === 0 || fields.some((field) => field === undefined || field.wholeInput)) return undefined
  const seen = Math.max(...fields.map((field) => Math.max(field?.height ?? 0, field?.width ?? 0)))
  const side = Math.max(leastField, Math.ceil((room * seen) / granule) * granule)
  return side >= Math.min(height, width) ? undefined : side
}
