/** Patches of the open model's units: the survey in use, and collecting another. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { SurveySummary } from '#contract/patches.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useJob } from '#renderer/api/use-job.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useSession } from '#renderer/stores/session.ts'

export const usePatches = defineStore('patches', () => {
  const { client } = useEngine()
  const session = useSession()
  const turn = ref(0)
  const list = useQuery(() => (session.model === null ? null : { model: session.model.model, turn: turn.value }), ({ model }, signal) => client.patches.surveys({ model }, { signal }), { keepPrevious: true })
  const chosen = shallowRef<string | null>(null)
  const surveys = computed(() => (list.data.value ?? []).filter(({ model }) => model === session.model?.model))
  const survey = computed<SurveySummary | null>(() => surveys.value.find((each) => each.survey === chosen.value) ?? surveys.value.find(({ done }) => done > 0) ?? null)
  const collecting = useJob((input: { model: string; path: string }, { signal }) => client.patches.survey({ model: input.model, data: { kind: 'files', path: input.path, options: {} } }, { signal }), (event) => {
    chosen.value = event.survey.survey
    turn.value += 1
  })
  // What was seen before it was cancelled counts as well.
  watch(collecting.state, (state) => { if (state === 'cancelled' || state === 'failed') turn.value += 1 })
  function collect(path: string): void {
    if (session.model !== null) void collecting.run({ model: session.model.model, path })
  }
  return { surveys, survey, chosen, collecting, collect }
})
