import { z } from 'zod'
import { defineGenerator } from '../define-generator.ts'
import { dog } from '../pictures/dog.ts'
import { renderedThings, thingOptions } from '../pictures/rendered-things.ts'
import cat from '../pictures/things/cat.ts'

export default defineGenerator({
  id: 'cats-and-dogs',
  title: 'Cats and dogs',
  summary: 'Drawn faces of cats and dogs in many colours, before any background, sometimes partly hidden.',
  options: z.strictObject(thingOptions),
  generate: (options, controls) => renderedThings({ ...options, name: 'Cats and dogs', generator: 'cats-and-dogs', things: [cat, dog] }, controls),
})
