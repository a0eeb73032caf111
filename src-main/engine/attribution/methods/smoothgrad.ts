/** Smilkov et al. 2017, arXiv:1706.03825, section 3: the mean of dS/dx over pictures with Gaussian noise; then max_c |.| as for the gradient. */
import { streamSeed } from '../../lib/random.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { defineMethod } from '../define-method.ts'
import { gradientsOf, largestMagnitude } from '../gradients.ts'
import { addNoise } from '../noise.ts'

export default defineMethod({
  id: 'smoothgrad',
  title: 'SmoothGrad',
  summary: 'The gradient averaged over many noisy copies of the picture: less speckled, and steadier.',
  citation: 'Smilkov, Thorat, Kim, Viégas, Wattenberg 2017, arXiv:1706.03825',
  signed: false,
  options: [
    { type: 'integer', id: 'samples', title: 'Samples', help: 'Noisy copies; the error falls with their square root.', minimum: 1, maximum: 1000, initial: 50 },
    { type: 'number', id: 'noise', title: 'Noise', help: "Standard deviation of the noise, as a share of the picture's range (0.1 to 0.2 in the paper).", minimum: 0, maximum: 1, initial: 0.15 },
  ],
  async run(context) {
    const { picture, options, seed } = context
    const samples = options.number('samples')
    const range = picture.data.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as [number, number], [Infinity, -Infinity] as [number, number])
    const deviation = options.number('noise') * (range[1] - range[0])
    const mean = new Float32Array(picture.data.length)
    await gradientsOf(context, {
      count: samples, title: 'SmoothGrad',
      // A stream of its own for each sample: the result does not depend on how samples are batched.
      fill: (sample, into) => addNoise(picture.data, into, deviation, streamSeed(seed, sample)),
      receive(_, gradient) {
        for (let index = 0; index < mean.length; index++) mean[index] = (mean[index] ?? 0) + (gradient[index] ?? 0) / samples
      },
    })
    return { map: largestMagnitude(floatTensor(picture.dims, mean)), facts: { samples, noise: deviation } }
  },
})
