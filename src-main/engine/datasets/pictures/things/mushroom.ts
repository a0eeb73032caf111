import { circle, path } from '../brush.ts'
import { color, css, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'mushroom', lean: 15,
  draw({ random, lit, linear }) {
    const cap = near(random, random.pick([2, 2, 28, 330]), 12, [60, 92], [38, 52])
    const stem = color(40, random.uniform(15, 35), random.uniform(84, 94))
    const spots = Array.from({ length: random.integer(4, 7) }, (_, index) => circle(-0.62 + index * 0.24 + random.uniform(-0.05, 0.05), -0.28 - 0.42 * Math.sin((Math.PI * (index + 0.5)) / 6) + random.uniform(-0.02, 0.12), random.uniform(0.06, 0.12), css(color(45, 30, 96)))).join('')
    return path('M -0.2 -0.05 Q -0.14 0.5 -0.3 0.92 L 0.3 0.92 Q 0.14 0.5 0.2 -0.05 Z', linear([stem, { ...stem, lightness: stem.lightness - 18 }], 0))
      + path('M -0.92 0.04 Q -0.85 -0.92 0 -0.92 Q 0.85 -0.92 0.92 0.04 Q 0 0.2 -0.92 0.04 Z', lit(cap, 13)) + spots
  },
})
