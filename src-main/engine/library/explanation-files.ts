/** Explanations as files: PNG of the maps alone or over the picture, and their numbers. */
import { AppError } from '#contract/errors.ts'
import type { Settings } from '#contract/application.ts'
import type { Explanation } from '../attribution/explain.ts'
import { encodePng } from '../images/encode.ts'
import { enlargePixels, overlayHeatMap, paintHeatMap, sideBySide } from '../images/overlay.ts'
import type { HeatMap } from '../images/overlay.ts'
import type { Pixels } from '../images/pixels.ts'
import { float32Npy } from '../lib/npy.ts'

export interface ExplanationStyle {
  readonly opacity: number
  readonly style: 'overlay' | 'map'
  readonly colorMap: Settings['colorMap']
}

/** Small inputs are enlarged by a whole factor, so that a picture of 28 pixels can be looked at. */
const leastSide = 224

/** Several methods stand side by side. `picture` is what the model saw. */
export async function explanationPng(picture: Pixels, explanations: readonly Explanation[], { opacity, style, colorMap }: ExplanationStyle): Promise<Uint8Array> {
  const panels = explanations.map((explanation) => {
    const map = heatMapOf(explanation)
    const fits = map.width === picture.width && map.height === picture.height
    return style === 'overlay' && fits ? overlayHeatMap(picture, map, opacity, colorMap) : paintHeatMap(map, colorMap)
  })
  const [first] = panels
  if (!first) throw new AppError('option-invalid', 'There is no explanation to save: choose a method.')
  const factor = Math.max(1, Math.ceil(leastSide / Math.max(first.width, first.height)))
  return encodePng(sideBySide(panels.map((panel) => enlargePixels(panel, factor))))
}

/** [H, W], or [methods, H, W] of several. */
export function explanationNpy(explanations: readonly Explanation[]): Uint8Array {
  const [first] = explanations
  if (!first) throw new AppError('option-invalid', 'There is no explanation to save: choose a method.')
  if (explanations.length === 1) return float32Npy(first.map.dims, first.map.data)
  const data = new Float32Array(first.map.data.length * explanations.length)
  explanations.forEach(({ map }, index) => { data.set(map.data, index * first.map.data.length) })
  return float32Npy([explanations.length, ...first.map.dims], data)
}

export function heatMapOf({ map, signed }: Pick<Explanation, 'map' | 'signed'>): HeatMap {
  const [height = 1, width = 1] = map.dims
  return { height, width, values: map.data, signed }
}
