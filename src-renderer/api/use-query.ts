/** One answer of the engine that follows its question: stale answers are dropped, and it is asked again after the engine was lost. */
import { onScopeDispose, shallowRef, toValue, watch } from 'vue'
import type { MaybeRefOrGetter, ShallowRef } from 'vue'
import { useConnection } from '#renderer/stores/connection.ts'
import { toFailure } from './errors.ts'
import type { Failure } from './errors.ts'

export interface Query<Answer> {
  readonly data: Readonly<ShallowRef<Answer | null>>
  readonly failure: Readonly<ShallowRef<Failure | null>>
  readonly loading: Readonly<ShallowRef<boolean>>
  readonly refetch: () => void
}

export interface QueryOptions {
  /** Keep showing the last answer while the next one is on its way. */
  readonly keepPrevious?: boolean
}

/** `question` null means: nothing to ask. Questions are compared by their JSON. */
export function useQuery<Question, Answer>(
  question: MaybeRefOrGetter<Question | null>,
  ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
  options: QueryOptions = {},
): Query<Answer> {
  const data = shallowRef<Answer | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const loading = shallowRef(false)
  const connection = useConnection()
  let controller: AbortController | null = null

  async function fetchAnswer(): Promise<void> {
    controller?.abort()
    // An answer that was on its way already is dropped as well.
    controller = null
    const current = toValue(question)
    if (current === null) {
      data.value = null
      failure.value = null
      loading.value = false
      return
    }
    const mine = new AbortController()
    controller = mine
    loading.value = true
    failure.value = null
    if (options.keepPrevious !== true) data.value = null
    try {
      const answer = await ask(current, mine.signal)
      if (controller === mine) data.value = answer
    } catch (error) {
      const reason = toFailure(error)
      if (controller === mine && reason.kind !== 'cancelled' && reason.kind !== 'lost') {
        failure.value = reason
        data.value = null
      }
    } finally {
      if (controller === mine) loading.value = false
    }
  }

  watch([() => JSON.stringify(toValue(question)), () => connection.epoch], () => void fetchAnswer(), { immediate: true })
  onScopeDispose(() => {
    controller?.abort()
    controller = null
  })
  return { data, failure, loading, refetch: () => void fetchAnswer() }
}
