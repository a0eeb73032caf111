/** Dropout masks: the same for the same seed on every device. */
import type { MaskInput } from './builder.ts'

/** 0 with probability `rate`, else 1 / (1 - rate) (inverted scaling); drawn by xorshift32 (Marsaglia 2003), which is enough for a coin. */
export function drawMask({ dims, rate }: MaskInput, batch: number, seed: number): Float32Array {
  const mask = new Float32Array(batch * dims.reduce((product, dim) => product * dim, 1))
  const kept = 1 / (1 - rate)
  const threshold = Math.round(rate * 0x10000)
  let state = seed | 0 || 1
  for (let index = 0; index < mask.length; index += 2) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    // Two coins of sixteen bits each.
    if ((state & 0xffff) >= threshold) mask[index] = kept
    if (state >>> 16 >= threshold && index + 1 < mask.length) mask[index + 1] = kept
  }
  return mask
}
