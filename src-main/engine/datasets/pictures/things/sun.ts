import { around, circle, polygon } from '../brush.ts'
import { color, css } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'sun', lean: 180,
  draw({ random, lit }) {
    const base = color(random.uniform(36, 54), random.uniform(85, 100), random.uniform(50, 62))
    const rays = random.integer(8, 14)
    const length = random.uniform(0.78, 0.98)
    const width = random.uniform(0.09, 0.16)
    const ray = (index: number): string => polygon([[-width, -0.52], [width, -0.52], [0, index % 2 ? -length : -length * 0.85]], css(base))
    return around(rays, ray) + circle(0, 0, 0.5, lit(base, 14))
  },
})
