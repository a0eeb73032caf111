/** Scatter was renamed to ScatterElements in 11. */
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Scatter'],
  since: 18,
  upgrade: ({ node }) => [{ ...node, opType: 'ScatterElements' }],
})
