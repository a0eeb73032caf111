import { defineGradient } from '../define-gradient.ts'

/** y = x t with t = tanh(softplus x); slope t + x sigmoid(x) (1 - t^2). Misra 2019, arXiv:1908.08681. Operator sets 18 to 22. */
export default defineGradient({
  op: 'Mish',
  gradient: [
    (c) => {
      const { emit } = c
      const x = c.input(0)
      const t = emit.tanh(emit.softplus(x))
      const bend = emit.mul(emit.mul(x, emit.sigmoid(x)), emit.oneMinus(emit.mul(t, t)))
      return emit.mul(c.dy(), emit.add(t, bend))
    },
  ],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3, 4], range: [-4, 4] }] }],
})
