import { line, path, rectangle } from '../brush.ts'
import { css, lighter, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'hot-air balloon', lean: 10,
  draw({ random, lit }) {
    const first = vivid(random)
    const second = lighter(vivid(random), 18)
    const gores = [0.62, 0.24].map((reach, index) => path(`M 0 -0.98 C ${reach * 1.3} -0.98 ${reach * 1.35} -0.1 ${reach * 0.3} 0.42 L ${-reach * 0.3} 0.42 C ${-reach * 1.35} -0.1 ${-reach * 1.3} -0.98 0 -0.98 Z`, css(index ? first : second, 0.92))).join('')
    return path('M 0 -0.98 C 0.98 -0.98 0.98 -0.1 0.24 0.42 L -0.24 0.42 C -0.98 -0.1 -0.98 -0.98 0 -0.98 Z', lit(first, 13)) + gores
      + line('M -0.2 0.44 L -0.13 0.7 M 0.2 0.44 L 0.13 0.7', '#3b2b1d', 0.035) + rectangle(-0.17, 0.68, 0.34, 0.27, css({ hue: 30, saturation: random.uniform(40, 60), lightness: random.uniform(32, 45) }), 'rx="0.05"')
  },
})
