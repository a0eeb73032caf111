import { circle, ellipse, line, path, polygon } from '../brush.ts'
import { css, darker, lighter, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'cat', lean: 12,
  draw({ random, lit }) {
    const fur = near(random, random.pick([28, 28, 220, 0]), 10, [8, 70], [34, 62])
    const iris = css(near(random, random.pick([110, 50, 200]), 15, [60, 90], [45, 60]))
    const ear = (side: number): string => polygon([[side * 0.82, -0.12], [side * 0.78, -0.95], [side * 0.2, -0.58]], css(fur)) + polygon([[side * 0.7, -0.36], [side * 0.69, -0.76], [side * 0.4, -0.56]], css(near(random, 350, 6, [40, 60], [70, 78])))
    const eye = (x: number): string => ellipse(x, -0.08, 0.17, 0.19, iris) + ellipse(x, -0.08, random.uniform(0.04, 0.09), 0.17, '#111')
    const tabby = random.chance(0.6) ? line('M 0 -0.62 L 0 -0.36 M -0.18 -0.58 L -0.14 -0.36 M 0.18 -0.58 L 0.14 -0.36', css(darker(fur, 18)), 0.07) : ''
    const whiskers = [0.32, 0.42, 0.52].map((y, row) => line(`M -0.28 ${y} L -0.98 ${0.2 + row * 0.2} M 0.28 ${y} L 0.98 ${0.2 + row * 0.2}`, 'rgba(250,250,250,0.85)', 0.028)).join('')
    return ear(-1) + ear(1) + ellipse(0, 0.14, 0.88, 0.78, lit(fur, 12)) + tabby + ellipse(0, 0.46, 0.36, 0.28, css(lighter(fur, 24))) + eye(-0.36) + eye(0.36)
      + path('M -0.1 0.26 L 0.1 0.26 L 0 0.38 Z', '#d9737f') + line('M 0 0.38 Q -0.02 0.52 -0.16 0.54 M 0 0.38 Q 0.02 0.52 0.16 0.54', '#33241f', 0.04) + whiskers + circle(-0.41, -0.15, 0.04, '#fff') + circle(0.31, -0.15, 0.04, '#fff')
  },
})
