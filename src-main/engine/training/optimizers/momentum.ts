/** u' = mu u + g, w' = w - rate u' (Polyak 1964, as in PyTorch). */
import { defineOptimizer, moved } from '../define-optimizer.ts'

export default defineOptimizer({
  kind: 'momentum', state: ['velocity'], decoupled: false, feeds: () => ({}),
  update(emit, { weight, gradient, state, options, rate, decay }) {
    const velocity = state['velocity'] ? emit.add(emit.mul(state['velocity'], options.momentum), gradient) : gradient
    return { weight: moved(emit, weight, velocity, rate, decay), state: { velocity } }
  },
})
