import { circle, line, path } from '../brush.ts'
import { css, darker, lighter, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'fish', lean: 30,
  draw({ random, linear }) {
    const base = vivid(random)
    const stripe = { ...vivid(random), lightness: 78 }
    const tall = random.uniform(0.42, 0.62)
    const stripes = Array.from({ length: random.integer(1, 3) }, (_, index) => line(`M ${-0.25 + index * 0.28} ${-tall * 0.75} Q ${-0.12 + index * 0.28} 0 ${-0.25 + index * 0.28} ${tall * 0.75}`, css(stripe, 0.9), 0.1)).join('')
    const scene = path(`M 0.5 0 L 0.98 -0.46 Q 0.82 0 0.98 0.46 Z`, css(darker(base, 10))) + path(`M -0.1 ${-tall * 0.9} Q 0.1 ${-tall - 0.35} 0.35 ${-tall * 0.6} Z`, css(darker(base, 8)))
      + path(`M -0.95 0 Q -0.5 ${-tall * 1.5} 0.6 0 Q -0.5 ${tall * 1.5} -0.95 0 Z`, linear([darker(base, 6), base, lighter(base, 16)])) + stripes
      + circle(-0.6, -0.09, 0.1, '#fff') + circle(-0.62, -0.09, 0.055, '#111')
    return random.chance(0.5) ? scene : `<g transform="scale(-1 1)">${scene}</g>`
  },
})
