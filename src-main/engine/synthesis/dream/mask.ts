/** Where to dream, as it was painted. */
import { AppError } from '#contract/errors.ts'
import type { DreamSettings } from '#contract/dream.ts'
import { decodePicture } from '../../images/decode.ts'
import { zoomPlanes } from '../../images/planes.ts'
import { displayTensor } from '../../preprocessing/apply.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Extent } from './octaves.ts'

/** [h * w] in 0..1 at any extent; undefined where everything dreams. What was made last is kept. */
export type MaskSource = (settings: Pick<DreamSettings, 'mask'>, extent: Extent) => Promise<Float32Array | undefined>

/** A gray PNG as base64, stretched over the picture. The source throws 'option-invalid', for a mask without any white too. */
export function createMaskSource(): MaskSource {
  let painted: { readonly text: string; readonly mask: FloatTensor } | undefined
  let made: { readonly key: string; readonly weights: Float32Array } | undefined
  return async ({ mask: text }, { height, width }) => {
    if (text === undefined) return undefined
    if (painted?.text !== text) {
      painted = { text, mask: await openMask(text) }
      made = undefined
    }
    const key = `${height} × ${width}`
    if (made?.key !== key) made = { key, weights: await zoomPlanes(painted.mask, height, width) }
    return made.weights
  }
}

async function openMask(text: string): Promise<FloatTensor> {
  const pixels = await decodePicture(new Uint8Array(Buffer.from(text, 'base64')), 'the mask').catch((cause: unknown) => {
    throw new AppError('option-invalid', `The mask is no picture: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  const mask = displayTensor(pixels, true)
  if (mask.data.every((value) => value === 0)) throw new AppError('option-invalid', 'The mask is black: nothing would dream. Paint where the picture is to dream, or leave the mask out.')
  return mask
}
