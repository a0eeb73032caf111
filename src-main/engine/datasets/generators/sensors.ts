import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { numberTable } from '../number-table.ts'

export default defineGenerator({
  id: 'sensors',
  title: 'Three sensors, one value',
  summary: 'Temperature, pressure and flow, each in its own unit, and the power that they add up to: regression with standardised answers.',
  options: z.strictObject({
    count: exampleCount(2, 2_000_000).default(100_000),
    relation: z.enum(['linear', 'curved']).default('linear').meta({ title: 'Relation', description: 'A weighted sum, or one with a product and a saturation, which a linear network cannot follow.', choices: { linear: 'Linear', curved: 'Curved' } }),
    noise: z.number().min(0).max(1e6).default(5).meta({ title: 'Noise', description: 'Standard deviation of the measured value, watts.' }),
  }),
  generate({ count, relation, noise }, { seed }) {
    const random = createRandom(seed)
    return numberTable({
      name: 'Three sensors, one value', generator: 'sensors', inputs: ['temperature (°C)', 'pressure (hPa)', 'flow (l/min)'], target: ['power (W)'], count,
      row() {
        const [temperature, pressure, flow] = [random.uniform(-10, 90), random.normal(1013, 25), random.uniform(0, 12)]
        const linear = 4.2 * temperature - 1.5 * (pressure - 1013) + 35 * flow + 120
        const curved = linear + 0.9 * temperature * (flow - 6) + 260 * Math.tanh((temperature - 40) / 12)
        return { input: [temperature, pressure, flow], answer: [(relation === 'linear' ? linear : curved) + random.normal(0, noise)] }
      },
    })
  },
})
