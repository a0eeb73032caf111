import { defineTransform } from '../define-transform.ts'

/** A shift of up to so many pixels either way. */
export default defineTransform({
  id: 'jitter', title: 'Jitter', unit: 'px',
  draw: (random, pixels) => [1, 0, random.uniform(-pixels, pixels), 0, 1, random.uniform(-pixels, pixels)],
})
