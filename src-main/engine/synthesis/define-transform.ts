/** A random change of the viewpoint at every step, under which what is seen has to stay (Olah et al. 2017, "transformation robustness"): one file each. */
import type { Random } from '../lib/random.ts'

/** [a, b, tx, c, d, ty]: where a point (x, y) of what the network sees lies in the picture, in pixels from its middle. */
export type Affine = readonly [number, number, number, number, number, number]

export interface Extent { readonly height: number; readonly width: number }

export interface Transform {
  readonly id: string
  readonly title: string
  /** Of the amount. */
  readonly unit: 'px' | '°' | 'share'
  readonly draw: (random: Random, amount: number, extent: Extent) => Affine
}

export const defineTransform = (transform: Transform): Transform => transform

export const identity: Affine = [1, 0, 0, 0, 1, 0]

/** First `second`, then `first`. */
export function compose([a, b, tx, c, d, ty]: Affine, [e, f, ux, g, h, uy]: Affine): Affine {
  return [a * e + b * g, a * f + b * h, a * ux + b * uy + tx, c * e + d * g, c * f + d * h, c * ux + d * uy + ty]
}
