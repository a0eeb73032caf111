/** Scan 8 had a batch axis and sequence lengths, which no later version has. */
import { AppError } from '#contract/errors.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Scan'],
  since: 9,
  upgrade: ({ node }) => {
    throw new AppError('model-unsupported', `Node '${node.name}' (Scan) is of operator set 8, whose Scan later sets cannot express. Export the model with operator set 9 or newer.`)
  },
})
