/** The second example of Rashid, Make Your Own Neural Network (2016): garden bugs told apart by a line through width and length. */
import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator } from '../define-generator.ts'
import { classTable } from '../number-table.ts'

/** Mean width and length, millimetres. */
const bugs = [{ label: 'caterpillar', width: 1.2, length: 3.2 }, { label: 'ladybird', width: 3, length: 1.4 }] as const

export default defineGenerator({
  id: 'ladybirds',
  title: 'Caterpillars and ladybirds',
  summary: 'Caterpillars are thin and long, ladybirds wide and short: one line tells them apart.',
  options: z.strictObject({ count: z.number().int().min(4).max(1_000_000).default(200), /** Deviation of width and length, millimetres. */ spread: z.number().nonnegative().default(0.35) }),
  generate({ count, spread }, { seed }) {
    const random = createRandom(seed)
    const measured = (mean: number): number => Math.max(0.1, random.normal(mean, spread))
    return classTable({
      name: 'Caterpillars and ladybirds', generator: 'ladybirds', inputs: ['width', 'length'], labels: bugs.map(({ label }) => label), count,
      row: (index) => ({ input: [measured(bugs[index % 2]!.width), measured(bugs[index % 2]!.length)], label: index % 2 }),
    })
  },
})
