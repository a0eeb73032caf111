/** Facts of results as the engine reports them (engine/fooling/fool-run.ts), read with their types. */
import type { Prediction } from '#contract/activations.ts'
import type { Facts, SynthesisItem } from '#contract/synthesis.ts'
import type { RunView } from '#renderer/stores/synthesis.ts'

export const numberOf = (facts: Facts | undefined, id: string): number | undefined => (typeof facts?.[id] === 'number' ? facts[id] : undefined)
export const textOf = (facts: Facts | undefined, id: string): string => (typeof facts?.[id] === 'string' ? facts[id] : '')
export const numbersOf = (facts: Facts | undefined, id: string): readonly number[] => {
  const value = facts?.[id]
  return Array.isArray(value) ? value.map(Number) : []
}
export const textsOf = (facts: Facts | undefined, id: string): readonly string[] => {
  const value = facts?.[id]
  return Array.isArray(value) ? value.map(String) : []
}

export function predictionsOf(facts: Facts | undefined, when: 'before' | 'after'): Prediction[] {
  const [indices, labels, shares] = when === 'before' ? ['beforeAnswers', 'beforeLabels', 'beforeProbabilities'] : ['answers', 'answerLabels', 'answerProbabilities']
  const probabilities = numbersOf(facts, shares)
  return numbersOf(facts, indices).map((index, at) => ({ index, label: textsOf(facts, labels)[at] ?? `class ${index}`, probability: probabilities[at] ?? 0, value: probabilities[at] ?? 0 }))
}

export interface Result { readonly item: SynthesisItem; readonly picture: Blob | null; readonly before: Blob | null; readonly change: Blob | null; readonly amplified: number }

/** Fooling pictures, each with what it was made of. */
export function resultsOf(view: RunView): Result[] {
  return [...view.items.values()].filter(({ item }) => item.facts['reached'] !== undefined).map(({ item, picture }) => ({
    item, picture, before: view.items.get(`${item.name}-before`)?.picture ?? null, change: view.items.get(`${item.name}-change`)?.picture ?? null, amplified: numberOf(item.facts, 'amplified') ?? 1,
  }))
}

export const itemOfRole = (view: RunView, role: string): SynthesisItem | null => [...view.items.values()].find(({ item }) => item.facts['role'] === role)?.item ?? null
