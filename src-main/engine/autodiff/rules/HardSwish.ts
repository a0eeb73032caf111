import { defineGradient } from '../define-gradient.ts'

/** y = x max(0, min(1, x/6 + 1/2)); slope x/3 + 1/2 where |x| < 3, 1 above, 0 below. Howard et al. 2019, arXiv:1905.02244. Operator sets 14 to 22. */
export default defineGradient({
  op: 'HardSwish',
  gradient: [
    (c) => {
      const { emit } = c
      const x = c.input(0)
      const outside = emit.cast(emit.greater(x, 0), x.dataType)
      const inside = emit.add(emit.mul(x, 1 / 3), 0.5)
      return emit.mul(c.dy(), emit.where(emit.less(emit.abs(x), 3), inside, outside))
    },
  ],
  samples: [{ name: 'all three pieces', inputs: [{ dims: [2, 3, 8], range: [-5, 5], awayFrom: [-3, 3] }] }],
})
