/** The archive as its grid shows it: what is finished, what is in the making, and how sure the network is. */
import type { RunView } from '#renderer/stores/synthesis.ts'
import { numberOf, numbersOf, textOf } from './result-facts.ts'

export interface Cell { readonly index: number; readonly label: string; readonly confidence: number; readonly picture: Blob | null }

export type CellOrder = 'class' | 'sure' | 'unsure'

/** As the engine names pictures of a class (engine/fooling/fool-run.ts). */
export const cellName = (index: number): string => `class-${String(index).padStart(4, '0')}`

/** A cell a class of the archive, or of those that the run makes pictures of. */
export function cellsOf(view: RunView, labels: readonly string[]): Cell[] {
  const confidences = numbersOf(view.progress?.facts, 'confidences')
  const finished = new Map([...view.items.values()].flatMap(({ item, picture }) => {
    const index = numberOf(item.facts, 'class')
    return index === undefined || item.name !== cellName(index) ? [] : [[index, { confidence: numberOf(item.facts, 'confidence') ?? 0, picture, label: textOf(item.facts, 'label') }] as const]
  }))
  const count = Math.max(confidences.length, ...[...finished.keys()].map((index) => index + 1), 0)
  const indices = confidences.length > 0 ? Array.from({ length: count }, (_, index) => index) : [...finished.keys()].sort((a, b) => a - b)
  return indices.map((index) => {
    const done = finished.get(index)
    return { index, label: labels[index] ?? done?.label ?? `class ${index}`, confidence: done?.confidence ?? confidences[index] ?? 0, picture: done?.picture ?? view.previews.get(cellName(index))?.blob ?? null }
  })
}

export function orderCells(cells: readonly Cell[], order: CellOrder, search: string): Cell[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const found = cells.filter(({ label, index }) => words.every((word) => label.toLowerCase().includes(word) || String(index) === word))
  return order === 'class' ? found : found.toSorted((a, b) => (order === 'sure' ? b.confidence - a.confidence : a.confidence - b.confidence) || a.index - b.index)
}
