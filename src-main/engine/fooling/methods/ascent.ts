import { defineMethod } from '../define-method.ts'
import type { AttackContext } from '../define-method.ts'
import { smoothed } from '../smooth-gradient.ts'
import { ascend } from '../ascend.ts'
import { ascendNaturally } from '../ascend-naturally.ts'

/**
 * A picture that the network takes for the class, by following the gradient (Simonyan et al. 2013, arXiv:1312.6034, section 2). The network
 * alone decides ('none': noise that means nothing to us), or changes are smoothed as those between natural pictures are ('natural').
 */
export default defineMethod({
  id: 'ascent', kind: 'class', title: 'Gradient ascent',
  summary: 'From noise or a picture, along the gradient of the class, until the network is sure.',
  citation: 'Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034; Nguyen, Yosinski, Clune 2014, arXiv:1412.1897, figure 13',
  options: [
    { type: 'choice', id: 'prior', title: 'Looks', help: 'What the picture may look like.', choices: [{ id: 'none', title: 'Noise: only the network decides' }, { id: 'natural', title: 'Natural: smooth, and sure under shifts and turns' }], initial: 'none' },
    { type: 'integer', id: 'steps', title: 'Most steps', help: 'Ends earlier where it is sure enough.', minimum: 1, maximum: 10_000, initial: 200 },
    { type: 'number', id: 'confidence', title: 'Sure enough', help: 'Probability in the written file at which it ends.', minimum: 0.5, maximum: 0.999999, initial: 0.9999 },
    { type: 'number', id: 'contrast', title: 'Contrast of the noise', help: 'Deviation of the first picture around mid-gray, in 0..1.', minimum: 0, maximum: 0.5, initial: 0.1 },
    { type: 'number', id: 'rate', title: 'Step (0–255)', help: 'Mean change of a channel per step.', minimum: 0.01, maximum: 64, initial: 1 },
  ],
  run: (context, start) => {
    if (context.options.choice('prior') === 'none') return ascend(context, start ?? noise(context))
    return start ? ascend(context, start, smoothed(context.probe.extent)) : ascendNaturally(context)
  },
})

function noise({ probe, options, random }: AttackContext): Float32Array {
  const deviation = options.number('contrast')
  return Float32Array.from({ length: probe.length }, () => Math.min(1, Math.max(0, random.normal(0.5, deviation))))
}
