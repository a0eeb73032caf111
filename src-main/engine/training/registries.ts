/** Losses and optimisers by what a recipe calls them: one file each. */
import { invariant } from '#contract/errors.ts'
import type { Loss, Optimizer } from '#contract/training.ts'
import type { LossDefinition } from './define-loss.ts'
import type { OptimizerDefinition } from './define-optimizer.ts'

const byKind = <T extends { readonly kind: string }>(files: Readonly<Record<string, T>>): ReadonlyMap<string, T> => {
  const found = new Map<string, T>()
  for (const [path, definition] of Object.entries(files)) {
    invariant(!found.has(definition.kind), `${path} defines '${definition.kind}' a second time`)
    found.set(definition.kind, definition)
  }
  return found
}

const losses = byKind(import.meta.glob<LossDefinition>('./losses/*.ts', { eager: true, import: 'default' }))
const optimizers = byKind(import.meta.glob<OptimizerDefinition>('./optimizers/*.ts', { eager: true, import: 'default' }))

export function lossOf(kind: Loss['kind']): LossDefinition {
  const loss = losses.get(kind)
  invariant(loss, `there is no loss '${kind}'`)
  return loss
}

export function optimizerOf(kind: Optimizer['kind']): OptimizerDefinition {
  const optimizer = optimizers.get(kind)
  invariant(optimizer, `there is no optimiser '${kind}'`)
  return optimizer
}
