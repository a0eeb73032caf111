import { adamFeeds, adamStep } from '../../optimizers/adam.ts'
import { defineOptimiser } from '../define-optimiser.ts'

/** Uphill. Lucid's optimiser and rate. */
export default defineOptimiser({
  id: 'adam', title: 'Adam', rate: 0.05, memory: { first: 'like', second: 'like' },
  feeds: adamFeeds,
  build(emit, { parameter, gradient, rate, feeds, memory }) {
    const { step, first, second } = adamStep(emit, gradient, { first: memory['first'], second: memory['second'], rate, fed: feeds })
    return { parameter: emit.add(parameter, step), memory: { first, second } }
  },
})
