import { z } from 'zod'
import { createRandom, streamSeed } from '../../lib/random.ts'
import { sharedBytes, sharedFloats } from '../dataset.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { drawDigit } from '../digits/draw-digit.ts'

/** 0 + 0 to 9 + 9. */
const sums = 19

export default defineGenerator({
  id: 'digit-sum',
  title: 'Sum of two digits',
  summary: 'Two drawn digits side by side; the answer is their sum, which no picture shows.',
  options: z.strictObject({
    count: exampleCount(20, 200_000).default(10_000), size: z.number().int().min(8).max(64).default(28).meta({ title: 'Size', description: 'Side of a digit, pixels; the picture is twice as wide.' }),
    answer: z.enum(['number', 'class']).default('number').meta({ title: 'Answer', description: 'The sum as a number, or as one of 19 classes.', choices: { number: 'A number', class: 'One of 0 to 18' } }),
  }),
  generate({ count, size, answer }, { seed }) {
    const length = 2 * size * size
    const pixels = sharedBytes(count * length)
    const values = sharedFloats(count)
    const digits = Array.from({ length: count }, (_, index) => {
      const random = createRandom(streamSeed(seed, index))
      const pair = [random.integer(0, 9), random.integer(0, 9)] as const
      pair.forEach((digit, place) => drawDigit({ pixels, from: index * length, width: 2 * size, height: size }, digit, place * size, size, random))
      values[index] = pair[0] + pair[1]
      return pair
    })
    return {
      name: 'Sum of two digits', format: 'digit-sum', count, input: { kind: 'pictures', channels: 1, height: size, width: 2 * size, pixels },
      target: answer === 'number' ? { kind: 'numbers', columns: ['sum'], values } : { kind: 'classes', labels: Array.from({ length: sums }, (_, sum) => String(sum)), classOf: Int32Array.from(values) },
      origin: (index) => digits[index]!.join(' + '), skipped: [], warnings: [],
    }
  },
})
