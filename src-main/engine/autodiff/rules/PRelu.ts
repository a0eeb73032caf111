import { defineGradient } from '../define-gradient.ts'

/** y = x where x > 0, else slope x; dslope = dy min(x, 0). The slope broadcasts to x. Operator sets 7 to 16. */
export default defineGradient({
  op: 'PRelu',
  gradient: [
    (c) => c.emit.mul(c.dy(), c.emit.where(c.emit.greater(c.input(0), 0), c.emit.scalar(1, c.dy().dataType), c.input(1))),
    (c) => c.emit.mul(c.dy(), c.emit.min(c.input(0), 0)),
  ],
  samples: [
    { name: 'one slope', inputs: [{ dims: [2, 3, 4, 4], awayFrom: [0] }, { dims: [1] }] },
    { name: 'a slope a channel', inputs: [{ dims: [2, 3, 4, 4], awayFrom: [0] }, { dims: [3, 1, 1] }] },
    { name: 'a slope an element', inputs: [{ dims: [2, 3], awayFrom: [0] }, { dims: [2, 3] }] },
  ],
})
