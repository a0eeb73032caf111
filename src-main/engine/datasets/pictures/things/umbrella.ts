import { line, path } from '../brush.ts'
import { css, darker, lighter, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'umbrella', lean: 30,
  draw({ random, lit }) {
    const base = vivid(random)
    const other = random.chance(0.5) ? lighter(base, 20) : lighter(vivid(random), 10)
    const hem = 'Q -0.72 -0.1 -0.47 0.08 Q -0.24 -0.12 0 0.08 Q 0.24 -0.12 0.47 0.08 Q 0.72 -0.1 0.95 0.08'
    return line('M 0 -0.1 L 0 0.72 Q 0 0.94 0.18 0.94 Q 0.36 0.94 0.36 0.74', css(darker({ ...base, saturation: 25 }, 22)), 0.075) + path(`M -0.95 0.08 A 0.95 0.95 0 0 1 0.95 0.08 Q 0.72 -0.1 0.47 0.08 Q 0.24 -0.12 0 0.08 Q -0.24 -0.12 -0.47 0.08 Q -0.72 -0.1 -0.95 0.08 Z`, lit(base, 13))
      + path('M 0 -0.87 Q -0.42 -0.5 -0.47 0.08 Q -0.24 -0.12 0 0.08 Q 0.24 -0.12 0.47 0.08 Q 0.42 -0.5 0 -0.87 Z', css(other, 0.85)) + line('M 0 -0.87 L 0 -0.98', '#333', 0.06) + line(`M -0.95 0.08 ${hem}`, css(darker(base, 16)), 0.03)
  },
})
