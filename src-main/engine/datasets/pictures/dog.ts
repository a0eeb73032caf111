/** Not one of the sample model's classes: for the data set of cats and dogs. */
import { circle, ellipse, line, path } from './brush.ts'
import { css, darker, lighter, near } from './color.ts'
import { defineThing } from './define-thing.ts'

export const dog = defineThing({
  name: 'dog', lean: 12,
  draw({ random, lit }) {
    const fur = near(random, random.pick([30, 30, 24, 220, 40]), 10, [6, 65], [34, 68])
    const ears = darker(fur, random.uniform(4, 20))
    const floppy = random.chance(0.7)
    const ear = (side: number): string => floppy
      ? path(`M ${side * 0.42} -0.62 Q ${side * 1.02} -0.72 ${side * 0.98} 0.02 Q ${side * 0.96} 0.42 ${side * 0.74} 0.36 Q ${side * 0.6} 0.1 ${side * 0.6} -0.2 Z`, css(ears))
      : path(`M ${side * 0.3} -0.5 L ${side * 0.62} -0.98 Q ${side * 0.84} -0.6 ${side * 0.72} -0.2 Z`, css(ears))
    const eye = (x: number): string => ellipse(x, -0.16, 0.11, 0.13, '#2a1a12') + circle(x - 0.04, -0.2, 0.035, '#fff')
    const patch = random.chance(0.45) ? ellipse(random.pick([-0.31, 0.31]), -0.16, 0.26, 0.3, css(darker(fur, 16))) : ''
    const snout = ellipse(0, 0.38, random.uniform(0.38, 0.48), random.uniform(0.34, 0.42), css(lighter(fur, 20)))
    const tongue = random.chance(0.6) ? path('M -0.14 0.62 L 0.14 0.62 L 0.13 0.86 Q 0 1 -0.13 0.86 Z', '#e2697b') + line('M 0 0.64 L 0 0.84', '#b94a5d', 0.03) : ''
    return ellipse(0, 0.08, 0.68, 0.82, lit(fur, 12)) + patch + ear(-1) + ear(1) + tongue + snout + eye(-0.3) + eye(0.3)
      + ellipse(0, 0.2, 0.19, 0.13, '#1d1715') + ellipse(-0.05, 0.16, 0.06, 0.03, '#6b625e') + line('M 0 0.32 L 0 0.48 Q -0.14 0.62 -0.28 0.52 M 0 0.48 Q 0.14 0.62 0.28 0.52', '#33241f', 0.045)
  },
})
