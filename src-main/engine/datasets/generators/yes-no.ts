/** A perceptron's decision: facts that weigh differently, and a threshold (Nielsen, Neural Networks and Deep Learning, 2015, chapter 1). */
import { z } from 'zod'
import { createRandom } from '../../lib/random.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { classTable } from '../number-table.ts'

const facts = ['good weather', 'company', 'near transit', 'time', 'money', 'rested', 'curious', 'invited']
const numbers = z.string().transform((text, context) => {
  const values = text.trim().split(/[\s,;]+/).map(Number)
  if (values.length >= 1 && values.length <= facts.length && values.every(Number.isFinite)) return values
  context.addIssue({ code: 'custom', message: `expected 1 to ${facts.length} numbers, as '6 2 2', got '${text}'` })
  return z.NEVER
})

export default defineGenerator({
  id: 'yes-no',
  title: 'A yes-or-no decision',
  summary: 'Facts that hold or do not, of different weight: the answer is yes where their weights reach a threshold.',
  options: z.strictObject({ 
    weights: numbers.prefault('6 2 2').meta({ title: 'Weights', description: 'Of the facts, with spaces between.' }), threshold: z.number().min(-1e6).max(1e6).default(5).meta({ title: 'Threshold', description: 'The answer is yes from this sum on.' }),
    count: exampleCount(4, 1_000_000).default(400), mistakes: z.number().min(0).max(0.4).default(0).meta({ title: 'Mistakes', description: 'Share of answers that are wrong.' }),
   }),
  generate({ weights, threshold, count, mistakes }, { seed }) {
    const random = createRandom(seed)
    return classTable({
      name: 'A yes-or-no decision', generator: 'yes-no', inputs: facts.slice(0, weights.length), labels: ['no', 'yes'], count,
      row() {
        const input = weights.map(() => random.integer(0, 1))
        const yes = input.reduce((sum, fact, index) => sum + fact * weights[index]!, 0) >= threshold
        return { input, label: Number(yes !== random.chance(mistakes)) }
      },
    })
  },
})
