import { circle, ellipse, line } from '../brush.ts'
import { css, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'ladybird', lean: 180,
  draw({ random, lit }) {
    const shell = near(random, random.pick([4, 4, 24]), 8, [78, 95], [42, 52])
    const black = css({ hue: 20, saturation: 15, lightness: 10 })
    const legs = [-0.3, 0.1, 0.48].map((y) => line(`M -0.6 ${y} L -0.92 ${y + 0.1} M 0.6 ${y} L 0.92 ${y + 0.1}`, black, 0.07)).join('')
    const size = random.uniform(0.11, 0.15)
    const spots = [[0.34, -0.2], [0.46, 0.22], [0.26, 0.56]].slice(0, random.integer(2, 3)).map(([x, y]) => circle(x ?? 0, y ?? 0, size, black) + circle(-(x ?? 0), y ?? 0, size, black)).join('')
    return legs + ellipse(0, -0.58, 0.42, 0.32, black) + circle(-0.2, -0.68, 0.07, '#f4f0e6') + circle(0.2, -0.68, 0.07, '#f4f0e6') + line('M -0.14 -0.84 L -0.26 -0.98 M 0.14 -0.84 L 0.26 -0.98', black, 0.05)
      + ellipse(0, 0.16, 0.74, 0.76, lit(shell, 15)) + line('M 0 -0.56 L 0 0.9', black, 0.05) + spots
  },
})
