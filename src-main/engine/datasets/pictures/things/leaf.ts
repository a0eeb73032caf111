import { line, path } from '../brush.ts'
import { css, darker, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'leaf', lean: 180,
  draw({ random, linear }) {
    const base = near(random, random.pick([100, 100, 35, 15]), 18, [55, 85], [34, 50])
    const width = random.uniform(0.5, 0.72)
    const vein = css(darker(base, 14), 0.9)
    const sides = Array.from({ length: 5 }, (_, index) => {
      const y = 0.5 - index * 0.26
      const reach = width * 0.72 * Math.sin(Math.PI * (0.25 + index * 0.14))
      return line(`M 0 ${y} L ${reach} ${y - 0.2} M 0 ${y} L ${-reach} ${y - 0.2}`, vein, 0.03)
    }).join('')
    return path(`M 0 -0.95 C ${width * 1.3} -0.5 ${width * 1.2} 0.45 0 0.72 C ${-width * 1.2} 0.45 ${-width * 1.3} -0.5 0 -0.95 Z`, linear([base, darker(base, 10)], 0))
      + line('M 0 0.98 L 0 -0.85', vein, 0.05) + sides
  },
})
