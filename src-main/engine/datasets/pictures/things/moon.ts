import { circle, path } from '../brush.ts'
import { color, css, darker } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'moon', lean: 40,
  draw({ random, lit }) {
    const base = color(random.uniform(40, 60), random.uniform(15, 60), random.uniform(74, 88))
    const bite = random.uniform(0.72, 0.98)
    const crater = (): string => circle(random.uniform(-0.72, -0.5), random.uniform(-0.35, 0.35), random.uniform(0.04, 0.08), css(darker(base, 12), 0.7))
    return path(`M 0.25 -0.86 A 0.9 0.9 0 1 0 0.25 0.86 A ${bite} ${bite} 0 0 1 0.25 -0.86 Z`, lit(base, 10)) + crater() + crater()
  },
})
