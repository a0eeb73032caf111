/** Simonyan, Vedaldi and Zisserman 2013, arXiv:1312.6034, section 3: M = max_c |dS/dx_c|. */
import { defineMethod } from '../define-method.ts'
import { gradientAtPicture, largestMagnitude } from '../gradients.ts'

export default defineMethod({
  id: 'gradient',
  title: 'Gradient',
  summary: 'How strongly the score reacts to a small change of each pixel, whatever the direction.',
  citation: 'Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034',
  signed: false,
  options: [],
  async run(context) {
    const gradient = await gradientAtPicture(context, 'Gradient')
    return { map: largestMagnitude(gradient), facts: { largest: gradient.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) } }
  },
})
