import { path, polygon, rectangle } from '../brush.ts'
import { color, css, near } from '../color.ts'
import { defineThing } from '../define-thing.ts'

export default defineThing({
  name: 'lighthouse', lean: 5,
  draw({ random, linear }) {
    const band = near(random, random.pick([4, 4, 215]), 12, [65, 88], [40, 50])
    const white = color(40, 15, 94)
    const bands = random.integer(4, 6)
    const halfAt = (t: number): number => 0.2 + 0.2 * t
    const tower = Array.from({ length: bands }, (_, index) => {
      const [top, bottom] = [index / bands, (index + 1) / bands]
      const shade = index % 2 ? white : band
      return polygon([[-halfAt(top), -0.42 + top * 1.36], [halfAt(top), -0.42 + top * 1.36], [halfAt(bottom), -0.42 + bottom * 1.36], [-halfAt(bottom), -0.42 + bottom * 1.36]], linear([shade, { ...shade, lightness: shade.lightness - 22 }], 0))
    }).join('')
    const beam = random.chance(0.6) ? path('M 0 -0.62 L -1 -0.88 L -1 -0.3 Z', 'rgba(255,240,170,0.55)') + path('M 0 -0.62 L 1 -0.88 L 1 -0.3 Z', 'rgba(255,240,170,0.55)') : ''
    return beam + tower + rectangle(-0.28, -0.47, 0.56, 0.08, '#333a44') + rectangle(-0.16, -0.76, 0.32, 0.3, css(color(50, 95, 72))) + polygon([[-0.22, -0.74], [0, -0.98], [0.22, -0.74]], css(band))
  },
})
