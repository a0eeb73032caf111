import { defineTransform } from '../define-transform.ts'

/** Larger or smaller by up to that share. */
export default defineTransform({
  id: 'scale', title: 'Scale', unit: 'share',
  draw(random, share) {
    const factor = 1 / random.uniform(1 - share, 1 + share)
    return [factor, 0, 0, 0, factor, 0]
  },
})
