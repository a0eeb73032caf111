/** Networks of a retraining loop as the engine reports them (engine/fooling/fool-loop.ts), and what each was fooled by. */
import type { RunView } from '#renderer/stores/synthesis.ts'
import { numberOf, numbersOf, textOf, textsOf } from './result-facts.ts'

export interface Turn {
  /** Counted from 1. */
  readonly round: number
  readonly name: string
  /** The open model as it is. */
  readonly given: boolean
  /** Training that made it, as Train lists it. */
  readonly run: string | null
  /** Of validation; null for the given one. */
  readonly score: number | null
  readonly learned: number
  readonly median: number
  readonly sure: number
  readonly confidences: readonly number[]
  readonly labels: readonly string[]
}

export interface Bred { readonly confidence: number; readonly answerLabel: string; readonly reached: boolean; readonly picture: Blob | null; readonly item: string }

export function turnsOf(view: RunView): Turn[] {
  return [...view.items.values()].map(({ item }) => item).filter(({ facts }) => facts['role'] === 'network').map(({ facts }): Turn => {
    const round = numberOf(facts, 'round') ?? 1
    const run = textOf(facts, 'run')
    return {
      round, name: nameOf(round, facts['given'] === true), given: facts['given'] === true, run: run === '' ? null : run, score: numberOf(facts, 'score') ?? null, learned: numberOf(facts, 'learned') ?? 0,
      median: numberOf(facts, 'median') ?? 0, sure: numberOf(facts, 'sure') ?? 0, confidences: numbersOf(facts, 'confidences'), labels: textsOf(facts, 'labels'),
    }
  }).toSorted((a, b) => a.round - b.round)
}

function nameOf(round: number, given: boolean): string {
  if (given) return 'As it is'
  if (round === 1) return 'Trained'
  return round === 2 ? 'Retrained' : `Retrained, ${round - 1} times`
}

/** By class, of that network. */
export function bredBy(view: RunView, round: number): ReadonlyMap<number, Bred> {
  return new Map([...view.items.values()].flatMap(({ item, picture }) => {
    const { facts } = item
    const index = numberOf(facts, 'class')
    return facts['role'] !== 'elite' || index === undefined || numberOf(facts, 'round') !== round ? [] : [[index, { confidence: numberOf(facts, 'confidence') ?? 0, answerLabel: textOf(facts, 'answerLabel'), reached: facts['reached'] === true, picture, item: item.name }] as const]
  }))
}
