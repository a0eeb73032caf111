/**
 * Shrikumar et al. 2016, arXiv:1605.01713: x * dS/dx, summed over channels. x is the picture in display space, so black (0)
 * contributes nothing: the first-order estimate of how the score changes when the pixel is blacked out.
 */
import { defineMethod } from '../define-method.ts'
import { channelSum, gradientAtPicture } from '../gradients.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'

export default defineMethod({
  id: 'gradient-input',
  title: 'Gradient × input',
  summary: 'How much each pixel, as bright as it is, adds to the score or takes from it, to first order.',
  citation: 'Shrikumar, Greenside, Shcherbina, Kundaje 2016, arXiv:1605.01713',
  signed: true,
  options: [],
  async run(context) {
    const gradient = await gradientAtPicture(context, 'Gradient × input')
    const map = channelSum(floatTensor(gradient.dims, gradient.data.map((value, index) => value * (context.picture.data[index] ?? 0))))
    return { map, facts: { sum: map.data.reduce((sum, value) => sum + value, 0) } }
  },
})
