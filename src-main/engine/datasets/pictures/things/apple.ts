import { ellipse, line, path } from '../brush.ts'
import { css, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'apple', lean: 20,
  draw({ random, lit }) {
    const skin = near(random, random.pick([0, 0, 85, 50]), 10, [65, 92], [40, 52])
    const body = 'M 0 -0.42 C 0.4 -0.78 0.95 -0.5 0.88 0.1 C 0.8 0.7 0.4 1.0 0 0.84 C -0.4 1.0 -0.8 0.7 -0.88 0.1 C -0.95 -0.5 -0.4 -0.78 0 -0.42 Z'
    return path(body, lit(skin, 17)) + ellipse(-0.42, -0.18, 0.14, 0.22, 'rgba(255,255,255,0.4)', 'transform="rotate(25 -0.42 -0.18)"')
      + line('M 0 -0.42 Q 0.03 -0.7 0.14 -0.88', css(near(random, 28, 6, [35, 50], [22, 32])), 0.08)
      + path('M 0.08 -0.64 Q 0.3 -0.98 0.66 -0.84 Q 0.46 -0.52 0.08 -0.64 Z', css(near(random, 105, 18, [50, 75], [32, 45])))
  },
})
