import { defineGradient } from '../define-gradient.ts'

/** dx = the sum of dy over the copies. Operator sets 6 to 13. */
export default defineGradient({
  op: 'Tile',
  gradient: [
    (c) => {
      const { dims } = c.input(0)
      const repeats = c.numbersInput(1)
      const split: number[] = []
      const copies: number[] = []
      for (const [axis, dim] of dims.entries()) {
        const count = repeats[axis] ?? 1
        if (count !== 1) copies.push(split.push(count) - 1)
        split.push(dim)
      }
      if (repeats.includes(0)) return c.emit.zerosLike(c.input(0))
      return copies.length === 0 ? c.dy() : c.emit.reduceSum(c.emit.reshape(c.dy(), split), copies)
    },
  ],
  samples: [
    { name: 'some axes', inputs: [{ dims: [2, 3, 2] }, { constant: [1, 2, 3], dims: [3], dataType: 'int64' }] },
    { name: 'no copies', inputs: [{ dims: [2, 3] }, { constant: [1, 1], dims: [2], dataType: 'int64' }] },
  ],
})
