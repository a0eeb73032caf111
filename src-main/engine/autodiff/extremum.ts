/** Max and Min, ReduceMax and ReduceMin: what is extreme takes the gradient; what ties shares it evenly, as in PyTorch. */
import { defineGradient } from './define-gradient.ts'
import { shareOfTies } from './lowering/share-of-ties.ts'
import { reduceSamples } from './reduce-samples.ts'
import { keepAxes, keptGradient, reducedAxes } from './reduced-axes.ts'

export const extremeOperand = (op: 'Max' | 'Min') => defineGradient({
  op,
  gradient: (c, index) => c.emit.mul(c.dy(), shareOfTies(c, index)),
  samples: [
    { name: 'one operand', inputs: [{ dims: [2, 3] }] },
    { name: 'two operands', inputs: [{ dims: [3, 4], distinct: true }, { dims: [3, 4], range: [-0.9, 1.1], distinct: true }] },
    { name: 'against a constant', inputs: [{ dims: [3, 4], awayFrom: [0.25] }, { constant: [0.25], dims: [], dataType: 'float32' }] },
    { name: 'three operands that broadcast', inputs: [{ dims: [2, 3, 4], range: [-3, 3], distinct: true }, { constant: [-0.52, 0.51, 0.13], dims: [3, 1], dataType: 'float32' }, { constant: [0.33], dims: [], dataType: 'float32' }] },
    { name: 'three that vary', inputs: [{ dims: [2, 1], range: [-0.3, 0.1], distinct: true }, { dims: [2, 1], range: [-1, -0.5], distinct: true }, { dims: [1], range: [0.3, 1] }] },
  ],
})

export const extremeElement = (op: 'ReduceMax' | 'ReduceMin') => defineGradient({
  op,
  gradient: [
    (c) => {
      const { emit } = c
      const hits = emit.cast(emit.equal(c.input(0), keepAxes(c, c.output(0))), c.dy().dataType)
      const ties = emit.reduceSum(hits, reducedAxes(c), true)
      return emit.mul(hits, emit.div(keptGradient(c), ties))
    },
  ],
  samples: reduceSamples([-1, 1], true),
})
