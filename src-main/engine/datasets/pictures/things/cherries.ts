import { circle, ellipse, line, path } from '../brush.ts'
import { css, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'cherries', lean: 25,
  draw({ random, lit }) {
    const skin = near(random, 350, 14, [70, 92], [32, 44])
    const stem = css(near(random, 95, 18, [40, 60], [28, 38]))
    const fruit = (x: number, y: number): string => circle(x, y, 0.38, lit(skin, 16)) + ellipse(x - 0.13, y - 0.14, 0.08, 0.11, 'rgba(255,255,255,0.55)')
    const left = random.uniform(0.38, 0.58)
    const right = random.uniform(0.38, 0.58)
    return line(`M -0.46 ${left - 0.34} Q -0.2 -0.4 0.16 -0.86 M 0.46 ${right - 0.34} Q 0.42 -0.4 0.16 -0.86`, stem, 0.065)
      + path('M 0.16 -0.86 Q -0.3 -1.02 -0.6 -0.7 Q -0.2 -0.56 0.16 -0.86 Z', css(near(random, 110, 15, [45, 70], [32, 44]))) + fruit(-0.46, left) + fruit(0.46, right)
  },
})
