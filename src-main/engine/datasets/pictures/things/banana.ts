import { line, path } from '../brush.ts'
import { color, css, darker } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'banana', lean: 90,
  draw({ random, linear }) {
    const skin = color(random.uniform(46, 62), random.uniform(80, 96), random.uniform(50, 60))
    const thick = random.uniform(0.88, 1.1)
    return path(`M -0.86 -0.4 C -0.66 ${0.5 * thick} 0.2 ${0.98 * thick} 0.92 0.36 L 0.94 0.2 C 0.36 0.46 -0.36 0.18 -0.66 -0.52 Z`, linear([{ ...skin, lightness: skin.lightness + 8 }, darker(skin, 12)], 70))
      + line('M -0.74 -0.38 C -0.5 0.36 0.2 0.72 0.88 0.3', css(darker(skin, 16), 0.7), 0.045)
      + line('M -0.77 -0.48 L -0.86 -0.72', css(color(55, 40, 34)), 0.13) + line('M 0.92 0.28 L 0.98 0.25', css(color(40, 40, 22)), 0.11)
  },
})
