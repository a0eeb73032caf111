import { polygon, rectangle } from '../brush.ts'
import { css, darker, lighter, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'pine tree', lean: 6,
  draw({ random, linear }) {
    const base = near(random, 140, 25, [35, 60], [22, 36])
    const tiers = random.integer(3, 5)
    const tier = (index: number): string => {
      const top = -0.98 + index * (1.3 / tiers)
      const half = 0.28 + (index / tiers) * 0.5
      return polygon([[0, top], [half, top + 0.62], [half * 0.4, top + 0.55], [0, top + 0.64], [-half * 0.4, top + 0.55], [-half, top + 0.62]], linear([lighter(base, 10), darker(base, 8)], 20))
    }
    const trunk = rectangle(-0.09, 0.55, 0.18, 0.42, css(near(random, 25, 8, [35, 55], [22, 34])))
    return trunk + Array.from({ length: tiers }, (_, index) => tier(tiers - 1 - index)).join('')
  },
})
