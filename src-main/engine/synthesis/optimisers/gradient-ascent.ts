import { defineOptimiser } from '../define-optimiser.ts'
import { unitStep } from '../unit-step.ts'

/** The gradient over its mean magnitude. */
export default defineOptimiser({
  id: 'gradient-ascent', title: 'Normalised gradient', rate: 0.01, memory: {},
  feeds: () => ({}),
  build: (emit, { parameter, gradient, rate }) => ({
    parameter: emit.add(parameter, unitStep(emit, gradient, rate)),
    memory: {},
  }),
})
