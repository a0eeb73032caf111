import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { classTable } from '../number-table.ts'

const operations = {
  and: (a: boolean, b: boolean) => a && b,
  or: (a: boolean, b: boolean) => a || b,
  xor: (a: boolean, b: boolean) => a !== b,
  nand: (a: boolean, b: boolean) => !(a && b),
} as const

export default defineGenerator({
  id: 'logic',
  title: 'AND, OR, XOR',
  summary: 'Two switches and an answer. One line suffices for AND and OR, and never for XOR.',
  options: z.strictObject({
    operation: z.enum(['and', 'or', 'xor', 'nand']).default('xor').meta({ title: 'Operation', choices: { and: 'AND', or: 'OR', xor: 'XOR', nand: 'NAND' } }), count: exampleCount(4, 1_000_000).default(400),
    noise: z.number().min(0).max(0.3).default(0.05).meta({ title: 'Noise', description: 'Standard deviation about 0 and 1, so that examples differ.' }),
  }),
  generate({ operation, count, noise }, { seed }) {
    const random = createRandom(seed)
    const near = (value: boolean): number => Number(value) + (noise > 0 ? random.normal(0, noise) : 0)
    return classTable({
      name: `${operation.toUpperCase()} of two inputs`, generator: 'logic', inputs: ['a', 'b'], labels: ['false', 'true'], count,
      row(index) {
        const [a, b] = [(index & 1) === 1, (index & 2) === 2]
        return { input: [near(a), near(b)], label: Number(operations[operation](a, b)) }
      },
    })
  },
})
