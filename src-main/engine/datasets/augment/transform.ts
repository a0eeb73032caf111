/** One picture's random change, drawn before any pixel is touched. */
import type { Augment } from '#contract/training.ts'
import type { Random } from '../../lib/random.ts'

/** Where the pixel (x, y) of the result comes from: (a x + b y + c, d x + e y + f), in pixels of the source. */
export interface Affine { readonly a: number; readonly b: number; readonly c: number; readonly d: number; readonly e: number; readonly f: number }

export interface Transform {
  readonly inverse: Affine
  /** Maps pixels onto pixels: flips and whole shifts, which need no interpolation. */
  readonly exact: boolean
  /** Factor by channel; not clipped. */
  readonly gains: readonly number[]
  /** In pixels of the result. */
  readonly erased: { readonly left: number; readonly top: number; readonly side: number } | undefined
}

export interface Extent { readonly height: number; readonly width: number }

/** Share of the pictures of which a part is erased (Zhong et al. 2020, arXiv:1708.04896, section 5.1). */
const eraseShare = 0.5

export function isActive(augment: Augment | undefined): augment is Augment {
  return augment !== undefined && Object.values(augment).some((value) => value !== 0 && value !== false)
}

/** Shifts are whole pixels unless something else already needs interpolation. */
export function drawTransform(random: Random, augment: Augment, channels: number, source: Extent, result: Extent): Transform {
  const flipX = augment.flipHorizontal && random.chance(0.5) ? -1 : 1
  const flipY = augment.flipVertical && random.chance(0.5) ? -1 : 1
  const angle = augment.rotate > 0 ? (random.uniform(-augment.rotate, augment.rotate) * Math.PI) / 180 : 0
  const scale = augment.scale > 0 ? random.uniform(1 - augment.scale, 1 + augment.scale) : 1
  const exact = angle === 0 && scale === 1 && source.height === result.height && source.width === result.width
  const whole = (value: number): number => (exact ? Math.round(value) : value)
  const dx = augment.shift > 0 ? whole(random.uniform(-augment.shift, augment.shift) * source.width) : 0
  const dy = augment.shift > 0 ? whole(random.uniform(-augment.shift, augment.shift) * source.height) : 0
  const gains = Array.from({ length: channels }, () => (augment.color > 0 ? 1 + random.uniform(-augment.color, augment.color) : 1))
  const side = augment.erase > 0 && random.chance(eraseShare) ? Math.round(random.uniform(0, augment.erase) * Math.min(result.height, result.width)) : 0
  const erased = side > 0 ? { left: random.integer(0, result.width - side), top: random.integer(0, result.height - side), side } : undefined
  const about = { flipX, flipY, angle, scale, dx, dy }
  return { inverse: inverseOf(about, source, result), exact, gains, erased }
}

/** Only brought to another extent. */
export const resizing = (source: Extent, result: Extent): Affine => inverseOf({ flipX: 1, flipY: 1, angle: 0, scale: 1, dx: 0, dy: 0 }, source, result)

interface Pose { readonly flipX: number; readonly flipY: number; readonly angle: number; readonly scale: number; readonly dx: number; readonly dy: number }

/**
 * Forward, about the center m: p' = m + t + s R F (p - m). So p = m + F R^T (p' - m - t) / s, and p' comes from a pixel of the
 * result by its extent: p' + 1/2 = (q + 1/2) source / result.
 */
function inverseOf({ flipX, flipY, angle, scale, dx, dy }: Pose, source: Extent, result: Extent): Affine {
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale]
  const [centerX, centerY] = [(source.width - 1) / 2, (source.height - 1) / 2]
  const [stepX, stepY] = [source.width / result.width, source.height / result.height]
  // p' - m - t at the result's pixel (0, 0).
  const [startX, startY] = [0.5 * stepX - 0.5 - centerX - dx, 0.5 * stepY - 0.5 - centerY - dy]
  return {
    a: flipX * cos * stepX, b: flipX * sin * stepY, c: centerX + flipX * (cos * startX + sin * startY),
    d: -flipY * sin * stepX, e: flipY * cos * stepY, f: centerY + flipY * (-sin * startX + cos * startY),
  }
}

/** A point of the source, both as pixels, in the result. */
export function forward({ a, b, c, d, e, f }: Affine, x: number, y: number): readonly [number, number] {
  const determinant = a * e - b * d
  return [(e * (x - c) - b * (y - f)) / determinant, (a * (y - f) - d * (x - c)) / determinant]
}
