import { circle, line, path } from '../brush.ts'
import { css, darker, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'snail', lean: 12,
  draw({ random, lit }) {
    const body = near(random, 45, 20, [30, 55], [55, 70])
    const shell = near(random, random.pick([25, 25, 190, 320]), 15, [40, 70], [36, 50])
    const turns = Array.from({ length: 60 }, (_, index) => {
      const angle = index * 0.27
      const radius = 0.5 * (1 - index / 62)
      return `${index === 0 ? 'M' : 'L'} ${(0.14 + radius * Math.cos(angle)).toFixed(3)} ${(-0.1 + radius * Math.sin(angle)).toFixed(3)}`
    }).join(' ')
    const scene = path('M -0.98 0.3 Q -0.95 -0.1 -0.7 -0.04 Q -0.56 0.06 -0.56 0.36 Q 0.4 0.5 0.98 0.74 L -0.72 0.74 Q -0.98 0.66 -0.98 0.3 Z', css(body)) + line('M -0.88 0.02 L -0.98 -0.4 M -0.74 0 L -0.68 -0.42', css(body), 0.07)
      + circle(-0.98, -0.42, 0.055, '#222') + circle(-0.68, -0.44, 0.055, '#222') + circle(0.14, -0.02, 0.58, lit(shell, 13)) + line(turns, css(darker(shell, 20)), 0.065)
    return random.chance(0.5) ? scene : `<g transform="scale(-1 1)">${scene}</g>`
  },
})
