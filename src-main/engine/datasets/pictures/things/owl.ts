import { circle, ellipse, path, polygon } from '../brush.ts'
import { css, darker, lighter, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'owl', lean: 10,
  draw({ random, lit }) {
    const base = near(random, random.pick([28, 28, 215, 0]), 14, [18, 50], [32, 48])
    const iris = css(near(random, 42, 12, [85, 100], [48, 58]))
    const eye = (x: number): string => circle(x, -0.3, 0.3, css(lighter(base, 34))) + circle(x, -0.3, 0.2, iris) + circle(x, -0.3, 0.11, '#111') + circle(x - 0.04, -0.35, 0.04, '#fff')
    const feathers = [0.3, 0.5, 0.7].map((y, row) => [-0.26, 0, 0.26].map((x) => path(`M ${x - 0.12 + (row % 2) * 0.06} ${y} q 0.12 0.16 0.24 0 Z`, css(darker(base, 9)))).join('')).join('')
    return polygon([[-0.6, -0.5], [-0.66, -0.98], [-0.2, -0.72]], css(base)) + polygon([[0.6, -0.5], [0.66, -0.98], [0.2, -0.72]], css(base)) + ellipse(0, 0.08, 0.68, 0.86, lit(base, 12)) + ellipse(0, 0.46, 0.42, 0.44, css(lighter(base, 22))) + feathers
      + path('M -0.66 0.0 Q -0.92 0.5 -0.5 0.8 Q -0.48 0.3 -0.66 0 Z M 0.66 0 Q 0.92 0.5 0.5 0.8 Q 0.48 0.3 0.66 0 Z', css(darker(base, 11))) + eye(-0.28) + eye(0.28) + polygon([[-0.09, -0.18], [0.09, -0.18], [0, 0.04]], '#e8a33d')
  },
})
