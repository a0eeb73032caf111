/** The second example of Rashid, Make Your Own Neural Network (2016): garden bugs told apart by a line through width and length. */
import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { classTable } from '../number-table.ts'

/** Mean width and length, millimetres. */
const bugs = [{ label: 'caterpillar', width: 1.2, length: 3.2 }, { label: 'ladybird', width: 3, length: 1.4 }] as const

export default defineGenerator({
  id: 'ladybirds',
  title: 'Caterpillars and ladybirds',
  summary: 'Caterpillars are thin and long, ladybirds wide and short: one line tells them apart.',
  options: z.strictObject({ count: exampleCount(4, 1_000_000).default(200), spread: z.number().min(0).max(5).default(0.35).meta({ title: 'Spread', description: 'Standard deviation of width and length, millimetres.' }) }),
  generate({ count, spread }, { seed }) {
    const random = createRandom(seed)
    const measured = (mean: number): number => Math.max(0.1, random.normal(mean, spread))
    return classTable({
      name: 'Caterpillars and ladybirds', generator: 'ladybirds', inputs: ['width', 'length'], labels: bugs.map(({ label }) => label), count,
      row: (index) => ({ input: [measured(bugs[index % 2]!.width), measured(bugs[index % 2]!.length)], label: index % 2 }),
    })
  },
})
