/** The first example of Rashid, Make Your Own Neural Network (2016): a machine that finds the factor between two units by its errors. */
import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { numberTable } from '../number-table.ts'

/** 1 / 1.609344, by the definition of the international mile. */
const milesPerKilometre = 1 / 1.609344

export default defineGenerator({
  id: 'kilometres',
  title: 'Kilometres to miles',
  summary: 'Distances in kilometres and in miles: one weight is to be found, 0.6214.',
  options: z.strictObject({
    count: exampleCount(2, 1_000_000).default(100),
    largest: z.number().min(0.001).max(1e6).default(100).meta({ title: 'Largest distance', description: 'Kilometres.' }),
    noise: z.number().min(0).max(1e6).default(0).meta({ title: 'Noise', description: 'Standard deviation of the measured miles.' }),
  }),
  generate({ count, largest, noise }, { seed }) {
    const random = createRandom(seed)
    return numberTable({
      name: 'Kilometres to miles', generator: 'kilometres', inputs: ['kilometres'], target: ['miles'], count,
      row() {
        const kilometres = random.uniform(0, largest)
        return { input: [kilometres], answer: [kilometres * milesPerKilometre + (noise > 0 ? random.normal(0, noise) : 0)] }
      },
    })
  },
})
