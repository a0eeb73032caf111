/** w' = w - rate g (Robbins and Monro 1951). */
import { defineOptimizer, moved } from '../define-optimizer.ts'

export default defineOptimizer({
  kind: 'sgd', state: [], decoupled: false, feeds: () => ({}),
  update: (emit, { weight, gradient, rate, decay }) => ({ weight: moved(emit, weight, gradient, rate, decay), state: {} }),
})
