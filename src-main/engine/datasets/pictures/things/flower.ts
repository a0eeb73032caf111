import { around, circle, ellipse, line, path } from '../brush.ts'
import { css, lighter, near, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'flower', lean: 18,
  draw({ random, lit }) {
    const petal = lighter(vivid(random), 8)
    const count = random.integer(5, 9)
    const width = (1.5 / count) * random.uniform(0.75, 1)
    const stem = near(random, 115, 20, [45, 70], [28, 42])
    const leaf = path('M 0 0.75 Q 0.35 0.4 0.62 0.62 Q 0.35 0.85 0 0.75 Z', css(lighter(stem, 5)))
    const head = around(count, () => ellipse(0, -0.36, width, 0.32, lit(petal, 14)))
    return line('M 0 0 Q 0.06 0.5 0 0.98', css(stem), 0.09) + leaf + `<g transform="translate(0 -0.25)">${head}${circle(0, 0, 0.2, lit(near(random, 45, 14, [80, 100], [48, 60]), 14))}</g>`
  },
})
