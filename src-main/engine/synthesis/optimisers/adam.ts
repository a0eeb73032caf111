import { invariant } from '#contract/errors.ts'
import { defineOptimiser } from '../define-optimiser.ts'

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]

/** Kingma and Ba 2015, arXiv:1412.6980, algorithm 1, uphill. Lucid's optimiser and rate. */
export default defineOptimiser({
  id: 'adam', title: 'Adam', rate: 0.05, memory: { first: 'like', second: 'like' },
  feeds: (t) => ({ first_correction: 1 / (1 - beta1 ** t), second_correction: 1 / (1 - beta2 ** t) }),
  build(emit, { parameter, gradient, rate, feeds: { first_correction: firstCorrection, second_correction: secondCorrection }, memory }) {
    invariant(memory['first'] && memory['second'] && firstCorrection && secondCorrection, 'Adam has lost its moments')
    const first = emit.add(emit.mul(memory['first'], beta1), emit.mul(gradient, 1 - beta1))
    const second = emit.add(emit.mul(memory['second'], beta2), emit.mul(emit.mul(gradient, gradient), 1 - beta2))
    const direction = emit.div(emit.mul(first, firstCorrection), emit.add(emit.sqrt(emit.mul(second, secondCorrection)), epsilon))
    return { parameter: emit.add(parameter, emit.mul(direction, rate)), memory: { first, second } }
  },
})
