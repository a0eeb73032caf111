/**
 * Keeps the maps in step with what is asked: the model, the picture, the target, the methods and their options. What is
 * missing is computed; what is there already stays; what is no longer right stays in sight, marked stale, until replaced.
 */
import { watchDebounced } from '@vueuse/core'
import { computed, reactive, shallowReactive, shallowRef, watch } from 'vue'
import type { Attribution, ExplainStart, MethodInfo, MethodRequest, Target } from '#contract/explain.ts'
import type { ExplainRecipe } from '#contract/recipes.ts'
import { useEngine } from '#renderer/api/engine.ts'
import type { Failure } from '#renderer/api/errors.ts'
import { fromStreamed } from '#renderer/api/tensors.ts'
import { useJob } from '#renderer/api/use-job.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { robustPeak } from '#renderer/colour/scale.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { HeatMap } from '#renderer/ui/heat-canvas.ts'

export interface AttributionMap {
  readonly method: string
  readonly map: HeatMap
  readonly signed: boolean
  readonly peak: number
  readonly layer: string | undefined
  readonly facts: Attribution['facts']
  readonly ms: number
  /** What was asked for when it was made. */
  readonly question: string
}

export type MethodOptions = Record<string, number | string>

const firstMethods = ['gradient', 'grad-cam']

export function useExplanation() {
  const { client } = useEngine()
  const session = useSession()

  const methods = useQuery(() => 'methods', (_question, signal) => client.explain.methods(undefined, { signal }))
  const layers = useQuery(() => (session.model === null ? null : { model: session.model.model }), ({ model }, signal) => client.explain.layers({ model }, { signal }))

  const seed = shallowRef(0)
  const target = shallowRef<Target>({ kind: 'top', rank: 1 })
  const selected = shallowRef<readonly string[]>([])
  const options = reactive<Record<string, MethodOptions>>({})
  const start = shallowRef<ExplainStart | null>(null)
  const maps = shallowReactive(new Map<string, AttributionMap>())
  const failures = shallowReactive(new Map<string, { readonly failure: Failure; readonly question: string }>())

  const infoById = computed(() => new Map((methods.data.value ?? []).map((info) => [info.id, info])))
  const chosen = computed(() => (methods.data.value ?? []).filter(({ id }) => selected.value.includes(id)))

  watch(methods.data, (infos) => {
    if (infos === null) return
    for (const info of infos) options[info.id] ??= initialOptions(info)
    if (selected.value.length === 0) selected.value = firstMethods.filter((id) => infos.some((info) => info.id === id))
    if (selected.value.length === 0) selected.value = infos.slice(0, 2).map(({ id }) => id)
  })
  watch(() => session.model?.model, () => {
    target.value = { kind: 'top', rank: 1 }
    start.value = null
    maps.clear()
    failures.clear()
    // A layer of the model before means nothing in this one.
    for (const info of infoById.value.values()) for (const spec of info.options) if (spec.type === 'layer') delete options[info.id]?.[spec.id]
  })

  const requestOf = (method: string): MethodRequest => ({ method, options: { ...options[method] } })
  /** Everything an answer depends on; null while there is nothing to ask about. */
  const questionOf = (method: string): string | null => (session.run === null ? null : JSON.stringify([session.run, target.value, seed.value, requestOf(method)]))
  const isStale = (method: string): boolean => maps.get(method)?.question !== questionOf(method)
  const failureOf = (method: string): Failure | null => {
    const failed = failures.get(method)
    return failed !== undefined && failed.question === questionOf(method) ? failed.failure : null
  }
  const missing = (): string[] => selected.value.filter((method) => isStale(method) && failureOf(method) === null)

  let asked = new Map<string, string>()
  const job = useJob(client.explain.run, (event: ExplainStart | Attribution) => {
    if (event.type === 'start') {
      start.value = event
      return
    }
    const question = asked.get(event.method)
    if (question === undefined) return
    const { dims, data } = fromStreamed(event.map)
    const [height = 1, width = 1] = dims.slice(-2)
    failures.delete(event.method)
    maps.set(event.method, { method: event.method, map: { values: data, height, width }, signed: event.signed, peak: robustPeak(data), layer: event.layer, facts: event.facts, ms: event.ms, question })
  })

  /** Computes what is missing. A method that fails is set aside, and the others go on. */
  async function update(): Promise<void> {
    const run = session.run
    if (run === null) return job.cancel()
    for (let waiting = missing(); waiting.length > 0; waiting = missing()) {
      asked = new Map(waiting.map((method) => [method, questionOf(method) ?? '']))
      const mine = asked
      await job.run({ model: run.model, picture: run.picture, target: target.value, methods: waiting.map(requestOf), seed: seed.value })
      if (asked !== mine || job.state.value !== 'failed' || job.failure.value === null || job.failure.value.kind === 'lost') return
      // Maps arrive in the order asked for: the first that did not is the one that failed.
      const culprit = waiting.find((method) => maps.get(method)?.question !== mine.get(method))
      if (culprit === undefined) return
      failures.set(culprit, { failure: job.failure.value, question: mine.get(culprit) ?? '' })
    }
  }

  async function again(): Promise<void> {
    maps.clear()
    failures.clear()
    await update()
  }

  /** Asks what a recipe asked. Methods that are gone by now are left out. */
  function follow({ seed: before, settings }: ExplainRecipe): void {
    const known = settings.methods.filter(({ method }) => infoById.value.has(method))
    seed.value = before
    target.value = settings.target
    selected.value = known.map(({ method }) => method)
    for (const request of known) options[request.method] = { ...request.options }
  }

  function toggle(method: string): void {
    selected.value = selected.value.includes(method) ? selected.value.filter((id) => id !== method) : [...selected.value, method]
  }

  watchDebounced(() => JSON.stringify(selected.value.map(questionOf)), () => void update(), { debounce: 120, immediate: true })

  return { methods, layers, target, selected, chosen, options, start, maps, job, isStale, failureOf, follow, toggle, again, requestOf, seed }
}

export type Explanation = ReturnType<typeof useExplanation>

function initialOptions(info: MethodInfo): MethodOptions {
  const initial: MethodOptions = {}
  // A layer is left to the engine's suggestion until one is chosen.
  for (const option of info.options) if (option.type !== 'layer') initial[option.id] = option.initial
  return initial
}
