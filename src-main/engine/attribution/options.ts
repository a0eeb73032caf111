/** Options of a method as given, checked against its schema and completed. */
import type { OptionSpec } from '#contract/explain.ts'
import { AppError, invariant } from '#contract/errors.ts'
import type { AttributionMethod, OptionValues } from './define-method.ts'

type Given = Readonly<Record<string, number | string>>

/** `suggestLayer` is asked only where a layer option was left open. Throws 'option-invalid'. */
export function optionValues(method: Pick<AttributionMethod, 'id' | 'title' | 'options'>, given: Given, suggestLayer: () => string, checkLayer: (id: string) => string): OptionValues {
  const refuse = (problem: string): never => { throw new AppError('option-invalid', `${method.title}: ${problem}`) }
  const unknown = Object.keys(given).find((id) => !method.options.some((option) => option.id === id))
  if (unknown !== undefined) refuse(`there is no option '${unknown}'. It has ${method.options.map((option) => `'${option.id}'`).join(', ') || 'none'}.`)
  const values = new Map(method.options.map((option) => [option.id, valueOf(option, given[option.id], refuse, suggestLayer, checkLayer)]))
  const read = (id: string): number | string => {
    const value = values.get(id)
    invariant(value !== undefined, `${method.id} reads its option '${id}', which it does not declare`)
    return value
  }
  return { number: (id) => Number(read(id)), choice: (id) => String(read(id)), layer: (id) => String(read(id)) }
}

function valueOf(option: OptionSpec, given: number | string | undefined, refuse: (problem: string) => never, suggestLayer: () => string, checkLayer: (id: string) => string): number | string {
  if (option.type === 'layer') return given === undefined || given === '' ? suggestLayer() : checkLayer(String(given))
  if (given === undefined) return option.initial
  if (option.type === 'choice') return option.choices.some(({ id }) => id === given) ? given : refuse(`'${option.id}' is ${option.choices.map(({ id }) => id).join(', ')}; '${given}' was given.`)
  const value = Number(given)
  if (given === '' || !Number.isFinite(value) || value < option.minimum || value > option.maximum || (option.type === 'integer' && !Number.isInteger(value)))
    refuse(`'${option.id}' is ${option.type === 'integer' ? 'a whole number' : 'a number'} from ${option.minimum} to ${option.maximum}; '${given}' was given.`)
  return value
}
