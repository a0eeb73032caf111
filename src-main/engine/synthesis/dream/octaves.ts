/** The sizes at which a picture is dreamt. */
export interface Extent { readonly height: number; readonly width: number }

/** Below this, in pixels, nothing can be seen in a picture by any network. */
const smallestSide = 8

/**
 * Smallest first, the picture's own size last: each is the next one divided by `scale` and rounded (google/deepdream: `nd.zoom(octaves[-1], 1 / octave_scale)`).
 * Sizes that `fits` refuses are left out, with those below them; the picture's own is always there.
 */
export function octaveExtents(picture: Extent, octaves: number, scale: number, fits: (extent: Extent) => boolean): readonly Extent[] {
  const extents = [picture]
  while (extents.length < octaves) {
    const { height, width } = extents[0]!
    const next = { height: Math.round(height / scale), width: Math.round(width / scale) }
    if (Math.min(next.height, next.width) < smallestSide || !fits(next)) break
    extents.unshift(next)
  }
  return extents
}
