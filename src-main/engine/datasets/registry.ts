/** Every format of `formats/` and generator of `generators/`. */
import { AppError, invariant } from '#contract/errors.ts'
import type { AnyFormat } from './define-format.ts'
import type { AnyGenerator } from './define-generator.ts'

/** Generators as people meet them: from one weight to pictures. New ones come behind. */
const order = ['kilometres', 'ladybirds', 'logic', 'yes-no', 'points', 'sensors', 'digits', 'digit-sum', 'cats-and-dogs', 'pictures']

function collect<T extends { readonly id: string }>(modules: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  const entries = new Map<string, T>()
  for (const [path, entry] of Object.entries(modules)) {
    invariant(path.endsWith(`/${entry.id}.ts`), `${path} holds '${entry.id}'; a file has its id`)
    entries.set(entry.id, entry)
  }
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return new Map([...entries].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b)))
}

export const formats = collect(import.meta.glob<AnyFormat>('./formats/*.ts', { eager: true, import: 'default' }))
export const generators = collect(import.meta.glob<AnyGenerator>('./generators/*.ts', { eager: true, import: 'default' }))

export function findFormat(id: string): AnyFormat {
  const format = formats.get(id)
  if (!format) throw new AppError('option-invalid', `There is no data format '${id}'. There are ${[...formats.keys()].join(', ')}.`)
  return format
}

export function findGenerator(id: string): AnyGenerator {
  const generator = generators.get(id)
  if (!generator) throw new AppError('option-invalid', `There is no generator '${id}'. There are ${[...generators.keys()].join(', ')}.`)
  return generator
}
