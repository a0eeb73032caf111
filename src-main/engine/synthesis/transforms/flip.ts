import { defineTransform } from '../define-transform.ts'

/** Left and right exchanged, with that probability. */
export default defineTransform({
  id: 'flip', title: 'Flip', unit: 'share',
  draw: (random, probability) => [random.chance(probability) ? -1 : 1, 0, 0, 0, 1, 0],
})
