/** Where each style paints: masks as they were painted, made whole, and what of them counts in each layer. Styles without a mask take what the others leave. */
import { AppError } from '#contract/errors.ts'
import { decodePicture } from '../../images/decode.ts'
import { resizePlanes } from '../../images/resample.ts'
import { displayTensor } from '../../preprocessing/apply.ts'
import type { Extent } from './backbone.ts'
import { insideOf } from './inside.ts'
import type { Plane } from './inside.ts'
import type { MaskOf } from './looker.ts'

export interface Regions {
  readonly regions: number
  readonly regionOfStyle: readonly number[]
  readonly masked: boolean
  /** Share of the picture that each region takes. */
  readonly shares: readonly number[]
  /** Masks at the layers' sizes of a picture of that longer side. */
  readonly prepare: (layers: readonly GuidedLayer[], side: number) => MaskOf | undefined
}

export interface GuidedLayer extends Extent {
  readonly layer: string
  /** Side of what one position sees of the picture, pixels; undefined where it is all of it. */
  readonly field: number | undefined
}

/** Longer side of what masks are held at: a brush is not finer. */
const heldSide = 512

/** `masks`: a gray PNG in base64 for each style, or undefined. Throws 'option-invalid'. */
export async function openRegions(masks: readonly (string | undefined)[], picture: Extent): Promise<Regions> {
  const painted = [...new Set(masks.filter((mask) => mask !== undefined))]
  if (painted.length === 0) return { regions: 1, regionOfStyle: masks.map(() => 0), masked: false, shares: [1], prepare: () => undefined }
  const scale = Math.min(1, heldSide / Math.max(picture.height, picture.width))
  const extent: Extent = { height: Math.max(1, Math.round(picture.height * scale)), width: Math.max(1, Math.round(picture.width * scale)) }
  const planes = await Promise.all(painted.map((mask) => openMask(mask, extent)))
  const hasRest = masks.includes(undefined)
  if (hasRest) planes.push({ ...extent, data: new Float32Array(extent.height * extent.width) })
  shareOut(planes, hasRest)
  const shares = planes.map((plane) => sumOf(plane) / plane.data.length)
  return {
    regions: planes.length, masked: true, shares,
    regionOfStyle: masks.map((mask) => (mask === undefined ? planes.length - 1 : painted.indexOf(mask))),
    prepare(layers, side) {
      const pixel = Math.max(extent.height, extent.width) / side
      const sized = new Map(layers.map(({ layer, height, width, field = 0 }) => [layer, planes.map((plane) => {
        const { data } = insideOf(plane, field * pixel)
        return { width, data: resizePlanes({ dims: [1, 1, plane.height, plane.width], data }, height, width) }
      })]))
      return (layer, region) => sized.get(layer)![region]!
    },
  }
}

async function openMask(mask: string, { height, width }: Extent): Promise<Plane> {
  const pixels = await decodePicture(new Uint8Array(Buffer.from(mask, 'base64')), 'the mask').catch((cause: unknown) => {
    throw new AppError('option-invalid', `The mask of a style is no picture: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  const plane = displayTensor(pixels, true)
  if (plane.data.every((value) => value === 0)) throw new AppError('option-invalid', 'The mask of a style is black: it would paint nowhere. Paint where it should, or leave the mask out.')
  return { height, width, data: resizePlanes(plane, height, width) }
}

/** Where masks lie on each other they share; what none covers goes to the last one, where there is a style for it, and is left as it is otherwise. */
function shareOut(planes: readonly Plane[], hasRest: boolean): void {
  const painted = hasRest ? planes.slice(0, -1) : planes
  const rest = hasRest ? planes.at(-1) : undefined
  for (let index = 0; index < (planes[0]?.data.length ?? 0); index++) {
    const sum = painted.reduce((total, { data }) => total + data[index]!, 0)
    if (sum > 1) for (const { data } of painted) data[index]! /= sum
    if (rest) rest.data[index] = Math.max(0, 1 - sum)
  }
}

const sumOf = ({ data }: Plane): number => data.reduce((sum, value) => sum + value, 0)
