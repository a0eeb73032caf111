import { ellipse, path } from '../brush.ts'
import { color, css } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'rainbow', lean: 10,
  draw({ random }) {
    const hues = [0, 28, 52, 120, 205, 275]
    const width = random.uniform(0.085, 0.12)
    const arcs = hues.map((hue, index) => {
      const radius = 0.95 - index * width
      return path(`M ${-radius} 0.55 A ${radius} ${radius} 0 0 1 ${radius} 0.55`, 'none', `stroke="${css(color(hue, 85, 58))}" stroke-width="${(width * 1.08).toFixed(3)}"`)
    })
    const puff = (x: number): string => [[0, 0, 0.3], [0.22, 0.06, 0.22], [-0.22, 0.06, 0.22]].map(([dx, dy, r]) => ellipse(x + (dx ?? 0), 0.58 + (dy ?? 0), r ?? 0.2, (r ?? 0.2) * 0.75, css(color(210, 20, 96)))).join('')
    return arcs.join('') + (random.chance(0.75) ? puff(-0.7) + puff(0.7) : '')
  },
})
