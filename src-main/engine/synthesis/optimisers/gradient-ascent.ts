import { defineOptimiser } from '../define-optimiser.ts'

/** The gradient over its mean magnitude, as google/deepdream has it: steps of one size, however steep the slope. */
export default defineOptimiser({
  id: 'gradient-ascent', title: 'Normalised gradient', rate: 0.01, memory: {},
  feeds: () => ({}),
  build: (emit, { parameter, gradient, rate }) => ({
    parameter: emit.add(parameter, emit.mul(gradient, emit.div(rate, emit.add(emit.reduceMean(emit.abs(gradient)), 1e-8)))),
    memory: {},
  }),
})
