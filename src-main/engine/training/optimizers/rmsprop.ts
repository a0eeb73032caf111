/** v' = a v + (1 - a) g², w' = w - rate g / (sqrt(v') + e), a = 0.99 (Tieleman and Hinton 2012, lecture 6.5, with PyTorch's constants). */
import { defineOptimizer, moved } from '../define-optimizer.ts'

const decayOfSquares = 0.99
const epsilon = 1e-8

export default defineOptimizer({
  kind: 'rmsprop', state: ['mean_square'], decoupled: false, feeds: () => ({}),
  update(emit, { weight, gradient, state, rate, decay }) {
    const square = emit.mul(emit.mul(gradient, gradient), 1 - decayOfSquares)
    const meanSquare = state['mean_square'] ? emit.add(emit.mul(state['mean_square'], decayOfSquares), square) : square
    return { weight: moved(emit, weight, emit.div(gradient, emit.add(emit.sqrt(meanSquare), epsilon)), rate, decay), state: { mean_square: meanSquare } }
  },
})
