import { polygon, rectangle } from '../brush.ts'
import { color, css, darker, near, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'house', lean: 4,
  draw({ random, linear }) {
    const wall = color(random.uniform(0, 360), random.uniform(10, 45), random.uniform(68, 88))
    const roof = near(random, random.pick([8, 8, 215, 30]), 14, [40, 75], [30, 44])
    const door = vivid(random)
    const glow = css(random.chance(0.5) ? color(48, 90, 68) : color(205, 60, 72))
    const window = (x: number): string => rectangle(x, 0.02, 0.3, 0.28, glow, 'stroke="#fff" stroke-width="0.045"') + rectangle(x + 0.135, 0.02, 0.03, 0.28, '#fff')
    const chimney = rectangle(random.chance(0.5) ? 0.36 : -0.58, -0.88, 0.2, 0.5, css(darker(roof, 8)))
    return chimney + rectangle(-0.72, -0.2, 1.44, 1.12, linear([wall, darker(wall, 12)])) + polygon([[-0.96, -0.16], [0, -0.95], [0.96, -0.16]], linear([roof, darker(roof, 9)])) + window(-0.56) + window(0.26) + rectangle(-0.14, 0.36, 0.28, 0.56, css(door))
  },
})
