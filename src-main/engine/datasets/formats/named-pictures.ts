/** Pictures in one folder whose names tell their class: cat.0.jpg and dog.1.jpg, or my_own_5.png. */
import { extname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { decodePictures } from '../decode-pictures.ts'
import { defineFormat } from '../define-format.ts'
import { choicesOf, isPictureName, pictureOptions } from '../picture-options.ts'
import { compareNames } from '../place.ts'
import type { Place } from '../place.ts'

/** Of a name without its extension; the first group is the class. */
const patterns = [/^([\p{L}][\p{L} _-]*?)[ ._-]*\(?\d+\)?$/u, /(?:^|[^0-9])(\d)$/, /[ ._-](\p{L}+)$/u]

/** Share of the names that must fit a pattern for it to be believed. */
const fittingShare = 0.8

const labelOf = (name: string, pattern: RegExp): string | undefined => pattern.exec(name.slice(0, name.length - extname(name).length))?.[1]

function guessPattern(names: readonly string[]): RegExp | undefined {
  return patterns.find((pattern) => {
    const labels = names.flatMap((name) => labelOf(name, pattern) ?? [])
    return labels.length >= fittingShare * names.length && new Set(labels).size >= 2
  })
}

const picturesOf = ({ files }: Place): string[] => files.filter(isPictureName)

const expression = z.string().transform((text, context) => {
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${error instanceof Error ? error.message : text}` })
    return z.NEVER
  }
})

export default defineFormat({
  id: 'named-pictures',
  title: 'Named pictures',
  summary: 'Pictures whose names tell their class: cat.0.jpg and dog.1.jpg, or my_own_5.png.',
  options: z.strictObject({ ...pictureOptions, pattern: expression.optional().meta({ title: 'Pattern', description: 'Regular expression on the name without its extension; its first group is the class. Guessed where empty.' }) }),
  recognize: (place) => (place.kind === 'folder' && guessPattern(picturesOf(place)) !== undefined ? 1 : 0),
  async read(place, { pattern: asked, ...options }, controls) {
    const names = picturesOf(place)
    const pattern = asked ?? guessPattern(names)
    if (!pattern) throw new AppError('data-invalid', `${place.path} holds ${names.length} pictures whose names tell no class. Name them cat.1.jpg, dog.1.jpg and so on, put each class in a folder of its name, or give the option 'pattern'.`)
    const named = names.flatMap((name) => {
      const label = labelOf(name, pattern)
      return label === undefined ? [] : [{ name, label }]
    })
    const labels = [...new Set(named.map(({ label }) => label))].sort(compareNames)
    const decoded = await decodePictures(named.map(({ name }) => ({ path: join(place.path, name), where: name })), choicesOf(options, place.path, controls), controls)
    return {
      name: place.name, format: 'named-pictures', count: decoded.fileOf.length, input: decoded.input,
      target: { kind: 'classes', labels, classOf: decoded.fileOf.map((file) => labels.indexOf(named[file]!.label)) },
      origin: (index) => named[decoded.fileOf[index]!]!.name, warnings: [],
      skipped: [...names.filter((name) => labelOf(name, pattern) === undefined).map((where) => ({ where, reason: 'Its name tells no class.' })), ...decoded.skipped],
    }
  },
})
