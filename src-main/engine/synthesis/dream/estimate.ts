/** What a dream will cost. */
import type { DreamSettings } from '#contract/dream.ts'
import { countFrames } from '../../images/animation.ts'
import { pictureExtent } from '../../images/decode-fitted.ts'
import { keptPicturePixels } from '../../images/decode.ts'
import type { Estimate, WorkPlace } from '../define-work.ts'
import { activationBytes } from '../forecast.ts'
import { octaveExtents } from './octaves.ts'
import { shareBefore } from '../share-before.ts'
import { suggestedTargets } from './suggest-layer.ts'
import { targetLayer } from './target.ts'
import { largestTile, tileBytes } from './tile-gradients.ts'

/** Forward and backward pass take about three times a forward pass. */
const passesOfStep = 3
/** Planes of floats at the largest octave that are held at once: the source, smaller octaves together as much, the picture, its gradient, the enlarged detail. */
const heldPictures = 5

export async function estimateDream({ display, file, network }: WorkPlace, settings: DreamSettings): Promise<Estimate> {
  const bytes = await file(settings.picture)
  const [frames, decoded] = [await countFrames(bytes, settings.picture.name), await pictureExtent(bytes, settings.picture.name)]
  const factor = settings.size === undefined ? Math.min(1, Math.sqrt(keptPicturePixels / (decoded.width * decoded.height))) : settings.size / Math.max(decoded.width, decoded.height)
  const picture = { width: Math.max(1, Math.round(decoded.width * factor)), height: Math.max(1, Math.round(decoded.height * factor)) }
  const { height, width } = display.preprocessing
  const own = height * width
  const octaves = octaveExtents(picture, settings.octaves, settings.scale, () => true)
  const pixels = octaves.reduce((sum, each) => sum + each.height * each.width, 0)
  const steps = settings.zoom ? settings.steps + (settings.zoom.frames - 1) * settings.zoom.steps : frames * settings.steps
  const whole = picture.height * picture.width
  const tile = Math.min(whole, settings.tile === undefined ? largestTile : settings.tile ** 2)
  const share = shareBefore(network, (settings.targets ?? suggestedTargets(network)).map(({ layer }) => targetLayer(network, layer).id))
  return { passes: share * ((passesOfStep * steps * pixels) / own + (settings.guide ? 1 : 0)), steps: steps * octaves.length, bytes: heldPictures * 4 * 3 * whole + Math.min(tileBytes, (2 * activationBytes(network) * tile) / own) }
}
