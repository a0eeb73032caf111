import { polygon } from '../brush.ts'
import { color, css, darker, lighter } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'mountain', lean: 4,
  draw({ random, linear }) {
    const base = color(random.uniform(200, 280), random.uniform(12, 35), random.uniform(34, 50))
    const peak = (x: number, y: number, half: number): string => {
      const snow = random.uniform(0.25, 0.4)
      const height = 0.8 - y
      const left: [number, number] = [x - half * snow, y + height * snow]
      const right: [number, number] = [x + half * snow, y + height * snow]
      return polygon([[x - half, 0.8], [x, y], [x + half, 0.8]], linear([lighter(base, 8), darker(base, 10)]))
        + polygon([[x, y], [x + half, 0.8], [x + half * 0.25, 0.8]], css(darker(base, 14), 0.6))
        + polygon([[x, y], left, [x - half * snow * 0.4, y + height * snow * 0.75], [x, y + height * snow * 1.15], [x + half * snow * 0.45, y + height * snow * 0.8], right], css(color(210, 25, 97)))
    }
    return peak(random.uniform(-0.55, -0.3), random.uniform(-0.35, -0.05), 0.6) + peak(random.uniform(0.05, 0.3), random.uniform(-0.9, -0.6), random.uniform(0.7, 0.85))
  },
})
