/** How maps of different methods share colours. Their units differ (a gradient is logits per pixel value, Grad-CAM is not). */
import { scaleOf } from '#renderer/colour/scale.ts'
import type { ColorScale, MagnitudeTable } from '#renderer/colour/scale.ts'

/**
 * 'relative': every map by its own peak, so that one legend reads all of them.
 * 'values': the same color is the same value on every map.
 * 'own': every map by its own peak, with its own legend.
 */
export type ScaleMode = 'relative' | 'values' | 'own'

export interface ScalableMap {
  readonly method: string
  readonly signed: boolean
  /** The largest absolute value that is shown apart (colour/scale.ts `robustPeak`). */
  readonly peak: number
}

export interface ScaleLegend {
  readonly scale: ColorScale
  readonly note: string
}

export interface AttributionScales {
  readonly scaleByMethod: ReadonlyMap<string, ColorScale>
  /** What stands under all maps; empty when each has its own. */
  readonly shared: readonly ScaleLegend[]
}

export function scaleAttributions(maps: readonly ScalableMap[], mode: ScaleMode, table: MagnitudeTable): AttributionScales {
  const kinds = [false, true].filter((signed) => maps.some((map) => map.signed === signed))
  const commonPeak = (signed: boolean): number => Math.max(...maps.filter((map) => map.signed === signed).map(({ peak }) => peak))
  const peakOf = ({ signed, peak }: ScalableMap): number => (mode === 'values' ? commonPeak(signed) : peak)
  const noteOf = (signed: boolean): string => {
    const what = signed ? 'against · for' : 'importance'
    return mode === 'relative' ? `${what}, as a share of each map’s peak` : what
  }
  return {
    scaleByMethod: new Map(maps.map((map) => [map.method, scaleOf(map.signed, peakOf(map), table)])),
    shared: mode === 'own' ? [] : kinds.map((signed) => ({ scale: scaleOf(signed, mode === 'relative' ? 1 : commonPeak(signed), table), note: noteOf(signed) })),
  }
}
