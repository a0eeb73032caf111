import { defineGradient } from '../define-gradient.ts'
import { knownNumbers } from '../emit.ts'

/** The identity at inference; training mode draws at random and is refused. Operator sets 7 to 22. */
export default defineGradient({
  op: 'Dropout',
  refuse: ({ inputs }) => {
    const mode = inputs[2]
    // torchvision's Swin networks drop in training mode at ratio 0, which drops nothing.
    if (!mode || (inputs[1] && knownNumbers(inputs[1])?.[0] === 0)) return undefined
    const known = knownNumbers(mode)
    if (!known) return 'whether it drops is decided while the model runs (input training_mode). Export the model in evaluation mode (model.eval())'
    return known[0] ? 'it is in training mode and drops at random. Export the model in evaluation mode (model.eval())' : undefined
  },
  gradient: [(c) => c.dy()],
  samples: [
    { name: 'no ratio', inputs: [{ dims: [2, 3] }] },
    { name: 'ratio', inputs: [{ dims: [2, 3] }, { constant: [0.5], dims: [], dataType: 'float32' }] },
    { name: 'training mode false', inputs: [{ dims: [2, 3] }, { constant: [0.5], dims: [], dataType: 'float32' }, { constant: [0], dims: [], dataType: 'bool' }] },
    { name: 'training mode, ratio 0', inputs: [{ dims: [2, 3] }, { constant: [0], dims: [], dataType: 'float32' }, { constant: [1], dims: [], dataType: 'bool' }] },
    { name: 'mask output', outputs: 2, inputs: [{ dims: [2, 3] }] },
  ],
})
