import { circle, line, path } from '../brush.ts'
import { css, darker, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'palm tree', lean: 8,
  draw({ random }) {
    const green = near(random, 110, 25, [50, 80], [28, 44])
    const brown = near(random, 30, 8, [35, 55], [30, 42])
    const bend = random.uniform(-0.35, 0.35)
    const trunk = line(`M ${bend} 0.98 Q ${bend * 0.2} 0.3 0 -0.35`, css(brown), 0.15)
    const rings = Array.from({ length: 5 }, (_, index) => line(`M ${bend * (0.25 - index * 0.05) - 0.06} ${0.7 - index * 0.2} l 0.12 -0.02`, css(darker(brown, 12)), 0.03)).join('')
    const leaf = (degrees: number): string => `<g transform="translate(0 -0.38) rotate(${degrees.toFixed(1)})">${path('M 0 0 Q 0.4 -0.34 0.92 0.1 Q 0.42 -0.12 0 0.06 Z', css(random.chance(0.5) ? green : darker(green, 7)))}</g>`
    const leaves = [-170, -135, -100, -65, -30, 5, 30, 150, 178].map((degrees) => leaf(degrees + random.uniform(-9, 9))).join('')
    return trunk + rings + leaves + circle(-0.06, -0.3, 0.07, css(darker(brown, 8))) + circle(0.08, -0.28, 0.07, css(brown))
  },
})
