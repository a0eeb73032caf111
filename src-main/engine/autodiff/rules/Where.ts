import { defineGradient } from '../define-gradient.ts'

/** y = condition ? a : b, broadcasting. Operator sets 9 to 16. */
export default defineGradient({
  op: 'Where',
  gradient: [
    undefined,
    (c) => c.emit.gate(c.dy(), c.input(0)),
    (c) => c.emit.gate(c.dy(), c.emit.not(c.input(0))),
  ],
  samples: [
    { name: 'same shape', inputs: [{ constant: [1, 0, 0, 1, 1, 0], dims: [2, 3], dataType: 'bool' }, { dims: [2, 3] }, { dims: [2, 3] }] },
    { name: 'causal mask against a constant', inputs: [{ constant: [1, 0, 1, 1], dims: [2, 2], dataType: 'bool' }, { dims: [3, 2, 2] }, { constant: [-4], dims: [], dataType: 'float32' }] },
    { name: 'everything broadcasts', inputs: [{ constant: [1, 0, 1], dims: [3, 1, 1], dataType: 'bool' }, { dims: [4, 1] }, { dims: [5] }] },
  ],
})
