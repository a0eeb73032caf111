/** Adam with decay decoupled from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2). */
import { adamFeeds } from '../../optimizers/adam.ts'
import { adamState, adamUpdate } from '../adam-update.ts'
import { defineOptimizer } from '../define-optimizer.ts'

export default defineOptimizer({ kind: 'adamw', state: adamState, decoupled: true, feeds: adamFeeds, update: adamUpdate })
