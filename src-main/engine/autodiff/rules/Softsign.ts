import { defineGradient } from '../define-gradient.ts'

/** y = x / (1 + |x|); dx = dy / (1 + |x|)^2. Operator sets 1 to 22. */
export default defineGradient({
  op: 'Softsign',
  gradient: [
    (c) => {
      const spread = c.emit.add(c.emit.abs(c.input(0)), 1)
      return c.emit.div(c.dy(), c.emit.mul(spread, spread))
    },
  ],
  samples: [{ name: 'both signs', inputs: [{ dims: [2, 3, 4], range: [-3, 3], awayFrom: [0] }] }],
})
