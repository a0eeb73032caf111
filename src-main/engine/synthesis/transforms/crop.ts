import { defineTransform } from '../define-transform.ts'

/** A part that is smaller by up to that share, from anywhere within. */
export default defineTransform({
  id: 'crop', title: 'Crop', unit: 'share',
  draw(random, share, { height, width }) {
    const kept = 1 - random.uniform(0, share)
    const shift = (extent: number): number => random.uniform(-0.5, 0.5) * (1 - kept) * extent
    return [kept, 0, shift(width), 0, kept, shift(height)]
  },
})
