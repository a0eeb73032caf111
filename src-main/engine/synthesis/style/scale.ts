/** One scale of a run: pictures at its size, the loss over them. */
import type { OptimiseStyle } from '#contract/style.ts'
import { invariant } from '#contract/errors.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { DecodedPicture } from '../../images/decode.ts'
import { resizePixels } from '../../images/resample.ts'
import { collectGarbage } from '../../lib/collect-garbage.ts'
import { findLayer } from '../../network/find-layer.ts'
import { displayTensor } from '../../preprocessing/apply.ts'
import { withColors, luminanceOf } from './color-match.ts'
import type { BackboneSource, Extent } from './backbone.ts'
import { openEvaluator } from './evaluator.ts'
import type { Evaluator } from './evaluator.ts'
import { grainOf } from './grain.ts'
import type { Picture, Surroundings } from './looker.ts'
import { wholeHeight, wholeWidth } from './looker.ts'
import { budgetFor, defaultMemoryBytes } from './memory.ts'
import type { Budget } from './memory.ts'
import { layersOf } from './plan.ts'
import type { StylePlan } from './plan.ts'
import type { Regions } from './regions.ts'
import { statistics } from './registry.ts'
import type { ChosenLayers } from './settings.ts'
import { extentAt } from './stages.ts'
import { styleTargets } from './targets.ts'
import { planTiles } from './tiles.ts'

export interface Scale {
  readonly extent: Extent
  readonly budget: Budget
  readonly tiles: number
  /** The content as its colors are kept: in the result's place before the first step. */
  readonly content: Picture
  readonly original: Picture
  readonly evaluator: Evaluator
}

export interface ScaleRequest {
  readonly settings: OptimiseStyle
  readonly layers: ChosenLayers
  readonly size: number
  readonly regions: Regions
  readonly content: DecodedPicture
  readonly picture: (reference: FileReference) => Promise<DecodedPicture>
}

/** Far enough from the border's padding for maps to grow evenly. */
const probeExtent: Extent = { height: 96, width: 96 }

export async function openScale({ settings, layers, size, regions, content: decoded, picture }: ScaleRequest, place: Surroundings): Promise<Scale> {
  const { source } = place
  const statistic = statistics.get(settings.statistic)
  invariant(statistic, `there is no statistic '${settings.statistic}'`)
  const plan: StylePlan = { statistic, style: layers.style.map(({ layer }) => layer), content: layers.content.map(({ layer }) => layer), ...regions }
  const extent = extentAt(decoded, size)
  const budget = budgetFor(source, layersOf(plan), extent, settings.memoryBytes ?? defaultMemoryBytes)
  const original = pictureAt(decoded, extent, source)
  const content = settings.color === 'luminance' ? luminanceOf(original) : original

  const styles: Picture[] = []
  for (const style of settings.styles) {
    const found = await picture(style.picture)
    const sized = pictureAt(found, extentAt(found, Math.max(16, Math.round(size * style.scale))), source)
    styles.push(settings.color === 'luminance' ? withColors(luminanceOf(sized), content) : settings.color === 'histogram' ? withColors(sized, content) : sized)
  }
  const targets = await styleTargets(plan, styles, budget.largestTile, place)
  collectGarbage()
  const cut = Math.max(extent.height, extent.width) > budget.largestTile
  const grain = cut ? grainOf(source, layersOf(plan), probeExtent) : undefined
  const tiling = planTiles(extent, budget.largestTile, grain ?? { stride: 1, margin: 0 })
  const { taps } = source.at(tiling.tile, plan.style)
  const maskOf = regions.prepare([...taps].map(([layer, tap]) => {
    const stride = grain?.strides.get(layer) ?? 1
    const whole = tiling.tiles.length === 1 ? tap : { height: wholeHeight(tiling, tap, stride), width: wholeWidth(tiling, tap, stride) }
    const { receptiveField } = findLayer(source.network, layer)
    return { layer, height: whole.height, width: whole.width, field: receptiveField?.wholeInput === false ? Math.max(receptiveField.height, receptiveField.width) : undefined }
  }), Math.max(extent.height, extent.width))
  const evaluator = await openEvaluator({ plan, content, targets, tiling, grain, maskOf, cacheBytes: budget.cacheBytes }, place)
  // Graphs and mirrored kernels that the sessions have taken over.
  collectGarbage()
  return { extent, budget, tiles: tiling.tiles.length, content, original, evaluator }
}

export function pictureAt(decoded: DecodedPicture, { height, width }: Extent, { channels }: BackboneSource): Picture {
  return { height, width, data: displayTensor(resizePixels(decoded, width, height), channels === 1).data }
}
