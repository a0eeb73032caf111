/** Formats and generators as people choose them: their options' forms are made from the schemas that check them. */
import { z } from 'zod'
import type { DataKind, DataOption } from '#contract/training.ts'
import { formats, generators } from './registry.ts'

export const dataKinds = (): { formats: DataKind[]; generators: DataKind[] } => ({ formats: [...formats.values()].map(kindOf), generators: [...generators.values()].map(kindOf) })

const kindOf = ({ id, title, summary, options }: { readonly id: string; readonly title: string; readonly summary: string; readonly options: z.ZodType }): DataKind =>
  ({ id, title, summary, options: optionsOf(options) })

/** What JSON Schema says of one option, with what its `.meta()` adds. */
interface Property {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: string | number | boolean
  readonly title?: string
  readonly description?: string
  /** Shown where there is no default. */
  readonly initial?: number
  readonly choices?: Readonly<Record<string, string>>
}

const capitalized = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1)

function optionsOf(schema: z.ZodType): DataOption[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { readonly properties?: Readonly<Record<string, Property>> }
  return Object.entries(properties).map(([id, property]): DataOption => {
    const { type, enum: choices, minimum = -1e9, maximum = 1e9, default: given, title = capitalized(id), description: help = '' } = property
    const common = { id, title, help }
    if (choices) return { type: 'choice', ...common, choices: choices.map((choice) => ({ id: choice, title: property.choices?.[choice] ?? capitalized(choice) })), initial: String(given ?? choices[0] ?? '') }
    if (type === 'integer' || type === 'number') return { type, ...common, minimum, maximum, initial: Number(given ?? property.initial ?? minimum) }
    if (type === 'boolean') return { type: 'flag', ...common, initial: given === true }
    return { type: 'text', ...common, initial: typeof given === 'string' ? given : '' }
  })
}
