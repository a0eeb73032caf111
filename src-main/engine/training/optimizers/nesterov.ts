/** u' = mu u + g, w' = w - rate (g + mu u') (Nesterov 1983; Sutskever et al. 2013, as in PyTorch). */
import { defineOptimizer, moved } from '../define-optimizer.ts'

export default defineOptimizer({
  kind: 'nesterov', state: ['velocity'], decoupled: false, feeds: () => ({}),
  update(emit, { weight, gradient, state, options, rate, decay }) {
    const velocity = state['velocity'] ? emit.add(emit.mul(state['velocity'], options.momentum), gradient) : gradient
    return { weight: moved(emit, weight, emit.add(gradient, emit.mul(velocity, options.momentum)), rate, decay), state: { velocity } }
  },
})
