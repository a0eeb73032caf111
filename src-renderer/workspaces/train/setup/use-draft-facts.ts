/** What the engine says of the recipe that is being set up: its data and its network. */
import { refDebounced } from '@vueuse/core'
import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { isAppError } from '#contract/errors.ts'
import type { DataSummary, Net, NetDescription, Recipe } from '#contract/training.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import type { Query } from '#renderer/api/use-query.ts'
import { useTrainingDraft } from '#renderer/stores/training-draft.ts'

/** What is wrong with a network, and where in its notation. */
export interface NetProblem { readonly message: string; readonly start?: number; readonly end?: number }
export type NetAnswer = { readonly net: NetDescription } | { readonly problem: NetProblem }

export interface DraftFacts {
  readonly summary: Query<DataSummary>
  /** Of the data that is chosen now; null while that is typed or read, though `summary` keeps the one before. */
  readonly settled: ComputedRef<DataSummary | null>
  readonly answer: Query<NetAnswer>
  readonly net: ComputedRef<NetDescription | null>
  readonly problem: ComputedRef<NetProblem | null>
}

/** Long enough for a word, short enough to feel at once. */
const typingMs = 180

export function useDraftFacts(): DraftFacts {
  const { client } = useEngine()
  const draft = useTrainingDraft()
  const chosen = computed(() => JSON.stringify({ data: draft.recipe.data, split: draft.recipe.split }))
  const data = refDebounced(chosen, typingMs)
  const net = refDebounced(computed(() => JSON.stringify(draft.recipe.net)), typingMs)

  const askedOf = new WeakMap<DataSummary, string>()
  const summary = useQuery<string, DataSummary>(
    () => (isChosen(draft.recipe.data) && isChosen((JSON.parse(data.value) as Pick<Recipe, 'data'>).data) ? data.value : null),
    async (question, signal) => {
      const found = await client.training.describeData(JSON.parse(question) as Parameters<typeof client.training.describeData>[0], { signal })
      askedOf.set(found, question)
      return found
    },
    { keepPrevious: true },
  )
  const answer = useQuery<{ net: Net; input: number[]; outputs: number }, NetAnswer>(
    () => (summary.data.value === null ? null : { net: JSON.parse(net.value) as Net, ...extentsOf(summary.data.value) }),
    async (question, signal) => {
      try {
        return { net: await client.training.describeNet(question, { signal }) }
      } catch (error) {
        if (!isAppError(error) || error.code === 'cancelled' || error.code === 'engine-lost' || error.code === 'bug') throw error
        return { problem: { message: error.message, ...placeOf(error.data) } }
      }
    },
    { keepPrevious: true },
  )
  return {
    summary, answer,
    settled: computed(() => (summary.data.value !== null && askedOf.get(summary.data.value) === chosen.value ? summary.data.value : null)),
    net: computed(() => (answer.data.value !== null && 'net' in answer.data.value ? answer.data.value.net : null)),
    problem: computed(() => (answer.data.value !== null && 'problem' in answer.data.value ? answer.data.value.problem : null)),
  }
}

const isChosen = (data: { kind: string; path?: string }): boolean => data.kind === 'generator' || (data.path ?? '').trim() !== ''

/** What a network of this data takes and gives. */
export function extentsOf({ input, target }: Pick<DataSummary, 'input' | 'target'>): { input: number[]; outputs: number } {
  return {
    input: input.kind === 'pictures' ? [input.channels, input.height, input.width] : [input.columns.length],
    outputs: target.kind === 'classes' ? target.labels.length : target.columns.length,
  }
}

/** The engine names the token, and its place counted from 1. */
function placeOf({ token, position }: Readonly<Record<string, unknown>>): Pick<NetProblem, 'start' | 'end'> {
  return typeof token === 'string' && typeof position === 'number' ? { start: position - 1, end: position - 1 + token.length } : {}
}
