import { line, path, polygon } from '../brush.ts'
import { color, css, darker, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'sailboat', lean: 12,
  draw({ random, linear }) {
    const hull = vivid(random)
    const sail = random.chance(0.6) ? color(45, random.uniform(10, 40), 93) : { ...vivid(random), lightness: 68 }
    const second = random.chance(0.5) ? sail : { ...vivid(random), lightness: 64 }
    const scene = line('M 0 0.5 L 0 -0.95', css(color(28, 40, 26)), 0.06) + path('M 0.06 -0.9 Q 0.86 -0.2 0.84 0.32 L 0.06 0.32 Z', linear([sail, darker(sail, 14)], 0)) + path('M -0.06 -0.7 Q -0.56 -0.1 -0.62 0.32 L -0.06 0.32 Z', css(second))
      + polygon([[-0.92, 0.44], [0.92, 0.44], [0.6, 0.86], [-0.62, 0.86]], linear([hull, darker(hull, 14)])) + line('M -0.86 0.54 L 0.84 0.54', 'rgba(255,255,255,0.75)', 0.05)
    return random.chance(0.5) ? scene : `<g transform="scale(-1 1)">${scene}</g>`
  },
})
