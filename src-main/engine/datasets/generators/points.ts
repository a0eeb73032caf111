/** Two-dimensional sets to watch a boundary grow on; circle, xor, gauss and spiral as in TensorFlow Playground's dataset.ts (Smilkov et al. 2017, arXiv:1708.03788). */
import { z } from 'zod'
import type { Random } from '../../lib/random.ts'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { classTable } from '../number-table.ts'

type Shape = (random: Random, label: number, classes: number) => readonly [x: number, y: number]
const reach = 5

const shapes = {
  circle(random, label) {
    const radius = label === 0 ? random.uniform(0, 0.5 * reach) : random.uniform(0.7 * reach, reach)
    const angle = random.uniform(0, 2 * Math.PI)
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  },
  xor(random, label) {
    const gap = 0.3
    const [x, y] = [random.uniform(gap, reach), random.uniform(gap, reach)]
    const sign = random.chance(0.5) ? 1 : -1
    return [sign * x, (label === 0 ? sign : -sign) * y]
  },
  gauss(random, label, classes) {
    const angle = (2 * Math.PI * label) / classes + Math.PI / 4
    return [random.normal(0.56 * reach * Math.cos(angle), 1), random.normal(0.56 * reach * Math.sin(angle), 1)]
  },
  spiral(random, label, classes) {
    const along = random.uniform()
    const angle = 1.75 * along * 2 * Math.PI + (2 * Math.PI * label) / classes
    return [reach * along * Math.sin(angle), reach * along * Math.cos(angle)]
  },
  /** On either side of y = x / 2, some distance away. */
  line(random, label) {
    const x = random.uniform(-reach, reach)
    return [x, x / 2 + (label === 0 ? -1 : 1) * random.uniform(0.3, 3)]
  },
  moons(random, label) {
    const angle = random.uniform(0, Math.PI)
    const [x, y] = label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)]
    return [3 * (x - 0.5), 3 * (y - 0.25)]
  },
} satisfies Record<string, Shape>

const colors = ['blue', 'orange', 'green', 'purple', 'red', 'gray']

export default defineGenerator({
  id: 'points',
  title: 'Points in the plane',
  summary: 'Two numbers, two colours: a circle, a chessboard of four, two clouds, spirals, a line or two moons.',
  options: z.strictObject({
    shape: z.enum(['circle', 'xor', 'gauss', 'spiral', 'line', 'moons']).default('circle').meta({ title: 'Shape', choices: { xor: 'Four squares (XOR)', gauss: 'Clouds', moons: 'Two moons' } }), count: exampleCount(4, 1_000_000).default(500),
    noise: z.number().min(0).max(3).default(0.1).meta({ title: 'Noise', description: 'Standard deviation added to both coordinates, which reach from -5 to 5.' }),
    classes: z.number().int().min(2).max(colors.length).default(2).meta({ title: 'Classes', description: 'Clouds or arms of the spiral; the other shapes have two.' }),
  }).refine(({ shape, classes }) => classes === 2 || shape === 'gauss' || shape === 'spiral', { path: ['classes'], message: "only 'gauss' and 'spiral' have more than two classes" }),
  generate({ shape, count, noise, classes }, { seed }) {
    const random = createRandom(seed)
    const place: Shape = shapes[shape]
    return classTable({
      name: `Points: ${shape}`, generator: 'points', inputs: ['x', 'y'], labels: colors.slice(0, classes), count,
      row(index) {
        const [x, y] = place(random, index % classes, classes)
        return { input: noise > 0 ? [x + random.normal(0, noise), y + random.normal(0, noise)] : [x, y], label: index % classes }
      },
    })
  },
})
