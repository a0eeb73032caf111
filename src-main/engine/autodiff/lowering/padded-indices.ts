/** Which element each position of a padded axis copies. Negative pads crop first; what is left is then extended. */
export function paddedIndices(mode: string, dim: number, begin: number, end: number): number[] {
  const first = Math.max(0, -begin)
  const length = dim - first - Math.max(0, -end)
  const period = Math.max(1, 2 * (length - 1))
  return Array.from({ length: dim + begin + end }, (_, position) => {
    const offset = position - Math.max(0, begin)
    if (mode === 'edge') return first + Math.min(Math.max(offset, 0), length - 1)
    if (mode === 'wrap') return first + (((offset % length) + length) % length)
    const phase = ((offset % period) + period) % period
    return first + Math.min(phase, period - phase)
  })
}
