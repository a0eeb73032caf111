import { defineTransform } from '../define-transform.ts'

/** So many pixels of empty margin on every side: what is near the border is seen whole. */
export default defineTransform({
  id: 'pad', title: 'Margin', unit: 'px',
  draw: (_, pixels, { height, width }) => [1 + (2 * pixels) / width, 0, 0, 0, 1 + (2 * pixels) / height, 0],
})
