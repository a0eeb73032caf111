import { adamFeeds } from '../../optimizers/adam.ts'
import { adamState, adamUpdate } from '../adam-update.ts'
import { defineOptimizer } from '../define-optimizer.ts'

export default defineOptimizer({ kind: 'adam', state: adamState, decoupled: false, feeds: adamFeeds, update: adamUpdate })
