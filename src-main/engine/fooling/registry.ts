/** Every method of `methods/`, in the order in which they are offered. */
import { AppError, invariant } from '#contract/errors.ts'
import type { FoolingMethod } from './define-method.ts'

const files = import.meta.glob<FoolingMethod>('./methods/*.ts', { eager: true, import: 'default' })
/** From noise, by breeding, then near a photograph from the plainest on. */
const order = ['ascent', 'cppn', 'direct', 'retrain', 'fgsm', 'bim', 'pgd', 'mi-fgsm', 'deepfool', 'cw', 'one-pixel', 'universal', 'patch']

function collect(): ReadonlyMap<string, FoolingMethod> {
  for (const [path, { id }] of Object.entries(files)) invariant(path.endsWith(`/${id}.ts`), `${path} holds the method '${id}'; a method's file has its id`)
  const place = ({ id }: FoolingMethod): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return new Map(Object.values(files).sort((a, b) => place(a) - place(b) || a.id.localeCompare(b.id)).map((method) => [method.id, method]))
}

export const foolingMethods = collect()

export function findMethod(id: string): FoolingMethod {
  const method = foolingMethods.get(id)
  if (!method) throw new AppError('method-unknown', `There is no way to fool '${id}'. There are ${[...foolingMethods.keys()].join(', ')}.`)
  return method
}
