import { z } from 'zod'
import { createRandom, streamSeed } from '../../lib/random.ts'
import { sharedBytes } from '../dataset.ts'
import { defineGenerator, exampleCount } from '../define-generator.ts'
import { drawDigit } from '../digits/draw-digit.ts'

export default defineGenerator({
  id: 'digits',
  title: 'Drawn digits',
  summary: 'The digits 0 to 9 as a pen writes them, white on black, like MNIST but made here.',
  options: z.strictObject({ count: exampleCount(20, 200_000).default(5000), size: z.number().int().min(8).max(128).default(28).meta({ title: 'Size', description: 'Side of a picture, pixels.' }) }),
  generate({ count, size }, { seed }) {
    const pixels = sharedBytes(count * size * size)
    const classOf = Int32Array.from({ length: count }, (_, index) => index % 10)
    classOf.forEach((digit, index) => drawDigit({ pixels, from: index * size * size, width: size, height: size }, digit, 0, size, createRandom(streamSeed(seed, index))))
    return {
      name: 'Drawn digits', format: 'digits', count, input: { kind: 'pictures', channels: 1, height: size, width: size, pixels },
      target: { kind: 'classes', labels: Array.from({ length: 10 }, (_, digit) => String(digit)), classOf },
      origin: (index) => `drawn digit ${index + 1}`, skipped: [], warnings: [],
    }
  },
})
