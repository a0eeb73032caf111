import { around, circle, line } from '../brush.ts'
import { color, css, vivid } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'clock', lean: 15,
  draw({ random, lit }) {
    const rim = vivid(random)
    const face = color(45, random.uniform(5, 35), random.uniform(88, 96))
    const minute = random.integer(0, 59)
    const hand = (turn: number, length: number, width: number): string => {
      const angle = 2 * Math.PI * turn - Math.PI / 2
      return line(`M 0 0 L ${(length * Math.cos(angle)).toFixed(3)} ${(length * Math.sin(angle)).toFixed(3)}`, '#20242a', width)
    }
    const ticks = around(12, (index) => line(`M 0 -0.7 L 0 ${index % 3 ? -0.62 : -0.54}`, '#20242a', index % 3 ? 0.045 : 0.075))
    return circle(0, 0, 0.95, lit(rim, 14)) + circle(0, 0, 0.78, css(face)) + ticks + hand(random.uniform(), 0.4, 0.1) + hand(minute / 60, 0.6, 0.065) + circle(0, 0, 0.075, css(rim))
  },
})
