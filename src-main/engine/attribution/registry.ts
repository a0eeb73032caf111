/** Every attribution method of `methods/`. */
import type { MethodInfo } from '#contract/explain.ts'
import { AppError, invariant } from '#contract/errors.ts'
import type { AttributionMethod } from './define-method.ts'

const modules = import.meta.glob<{ readonly default: AttributionMethod }>('./methods/*.ts', { eager: true })

/** From the plainest to those built on it. */
const order = ['gradient', 'gradient-input', 'smoothgrad', 'integrated-gradients', 'grad-cam']

function collect(): ReadonlyMap<string, AttributionMethod> {
  const methods = new Map<string, AttributionMethod>()
  for (const [path, { default: method }] of Object.entries(modules)) {
    invariant(path.endsWith(`/${method.id}.ts`), `${path} holds the attribution method '${method.id}'; a method's file has its id`)
    invariant(!methods.has(method.id), `two attribution methods '${method.id}'`)
    methods.set(method.id, method)
  }
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return new Map([...methods].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b)))
}

export const attributionMethods: ReadonlyMap<string, AttributionMethod> = collect()

export function findMethod(id: string): AttributionMethod {
  const method = attributionMethods.get(id)
  if (!method) throw new AppError('method-unknown', `There is no attribution method '${id}'. There are ${[...attributionMethods.keys()].join(', ')}.`)
  return method
}

export const methodInfos = (): MethodInfo[] =>
  [...attributionMethods.values()].map(({ id, title, summary, citation, signed, options }) => ({ id, title, summary, citation, signed, options: [...options] }))
