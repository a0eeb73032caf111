import { circle, ellipse, line, path } from '../brush.ts'
import { css, darker, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'butterfly', lean: 50,
  draw({ random, lit }) {
    const wing = vivid(random)
    const spot = css({ ...vivid(random), lightness: 76 })
    const edge = `stroke="${css(darker(wing, 28))}" stroke-width="0.06"`
    const side = path('M 0.04 -0.08 C 0.3 -0.95 1.0 -0.98 0.94 -0.42 C 0.9 -0.1 0.4 0.06 0.04 0.02 Z', lit(wing, 14), edge)
      + path('M 0.04 0.04 C 0.5 0.0 0.82 0.24 0.7 0.6 C 0.58 0.92 0.16 0.68 0.04 0.16 Z', lit(darker(wing, 7), 12), edge)
      + circle(0.62, -0.48, 0.13, spot) + circle(0.44, 0.4, 0.1, spot)
    return `${side}<g transform="scale(-1 1)">${side}</g>` + ellipse(0, 0.05, 0.075, 0.46, css({ hue: 30, saturation: 30, lightness: 16 })) + line('M 0.02 -0.36 Q 0.1 -0.66 0.26 -0.8 M -0.02 -0.36 Q -0.1 -0.66 -0.26 -0.8', '#2a2018', 0.04)
  },
})
