/** Objectives, parameterisations, transforms and optimisers by id. */
import { AppError, invariant } from '#contract/errors.ts'
import type { Objective } from './define-objective.ts'
import type { Optimiser } from './define-optimiser.ts'
import type { Parameterisation } from './define-parameterisation.ts'
import type { Transform } from './define-transform.ts'

function registry<T extends { readonly id: string }>(files: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  const entries = Object.values(files).sort((a, b) => a.id.localeCompare(b.id))
  const map = new Map(entries.map((entry) => [entry.id, entry]))
  invariant(map.size === entries.length, 'two files of one id')
  return map
}

export const objectives = registry(import.meta.glob<Objective>('./objectives/*.ts', { eager: true, import: 'default' }))
export const parameterisations = registry(import.meta.glob<Parameterisation>('./parameterisations/*.ts', { eager: true, import: 'default' }))
export const transforms = registry(import.meta.glob<Transform>('./transforms/*.ts', { eager: true, import: 'default' }))
export const optimisers = registry(import.meta.glob<Optimiser>('./optimisers/*.ts', { eager: true, import: 'default' }))

/** Throws 'option-invalid' naming those that there are. */
export function find<T>(map: ReadonlyMap<string, T>, id: string, noun: string): T {
  const found = map.get(id)
  if (!found) throw new AppError('option-invalid', `There is no ${noun} '${id}'. There are: ${[...map.keys()].join(', ')}.`)
  return found
}
