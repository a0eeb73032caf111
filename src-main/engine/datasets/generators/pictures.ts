import { z } from 'zod'
import { defineGenerator } from '../define-generator.ts'
import { renderedThings, thingOptions } from '../pictures/rendered-things.ts'
import { classNames, things } from '../pictures/scene.ts'

const chosen = z.string().transform((text, context) => {
  const names = text.split(/[,;]+/).map((name) => name.trim()).filter((name) => name !== '')
  const unknown = names.filter((name) => !classNames.includes(name))
  if (unknown.length === 0 && new Set(names).size >= 2) return things.filter(({ name }) => names.includes(name))
  context.addIssue({ code: 'custom', message: unknown.length > 0 ? `there is no '${unknown.join("', '")}'; there are ${classNames.join(', ')}` : 'at least two classes are needed' })
  return z.NEVER
})

export default defineGenerator({
  id: 'pictures',
  title: 'Drawn things',
  summary: 'The bundled model’s own pictures: 24 things before any background, in any pose and light, sometimes partly hidden.',
  options: z.strictObject({ ...thingOptions, classes: chosen.optional().meta({ title: 'Classes', description: 'Names with commas between, as cat, owl; all 24 where empty.' }) }),
  generate: ({ classes = things, ...options }, controls) => renderedThings({ ...options, name: 'Drawn things', generator: 'pictures', things: classes }, controls),
})
