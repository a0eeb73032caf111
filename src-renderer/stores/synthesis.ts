/** Runs of syntheses: the list of each kind, and the one that its workspace looks at, followed while it goes on whatever workspace is in front. */
import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef, watch } from 'vue'
import type { Forecast, SynthesisEvent, SynthesisKind, SynthesisRecipe, SynthesisRun } from '#contract/synthesis.ts'
import { saveBlob } from '#renderer/api/download.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import type { Failure } from '#renderer/api/errors.ts'
import { useConnection } from './connection.ts'
import { applySynthesisEvent, emptyView } from './synthesis-feed.ts'
import type { RunView } from './synthesis-feed.ts'
import { useToasts } from './toasts.ts'

export type { RunView, ShownPicture } from './synthesis-feed.ts'

export interface SynthesisControl { readonly action?: 'pause' | 'resume' | 'cancel'; readonly settings?: Record<string, unknown> }

export const isGoingOn = ({ state }: SynthesisRun): boolean => state === 'running' || state === 'paused'
export const isResumable = ({ state }: SynthesisRun): boolean => state === 'cancelled' || state === 'interrupted' || state === 'failed'

export const useSynthesis = defineStore('synthesis', () => {
  const { client } = useEngine()
  const connection = useConnection()
  const toasts = useToasts()
  /** By id, of every run that is followed. */
  const views = shallowReactive(new Map<string, RunView>())
  const runs = shallowRef<readonly SynthesisRun[]>([])
  const listFailure = shallowRef<Failure | null>(null)
  /** Of each workspace, the run that it shows. */
  const current = shallowReactive(new Map<SynthesisKind, string>())
  const listening = new Map<string, AbortController>()

  const shown = (kind: SynthesisKind): RunView | null => views.get(current.get(kind) ?? '') ?? null
  const runsOf = (kind: SynthesisKind): readonly SynthesisRun[] => runs.value.filter(({ recipe }) => recipe.kind === kind)
  const goingOn = computed(() => runs.value.filter(isGoingOn))

  async function list(): Promise<void> {
    try {
      runs.value = await client.synthesis.list({})
      listFailure.value = null
    } catch (error) {
      listFailure.value = toFailure(error)
    }
  }

  function put(run: SynthesisRun): void {
    runs.value = [run, ...runs.value.filter(({ id }) => id !== run.id)].toSorted((a, b) => b.startedAt - a.startedAt)
  }

  /** Shows a run in its workspace, and follows it. */
  function open(kind: SynthesisKind, id: string): void {
    current.set(kind, id)
    void follow(id)
  }
  const leave = (kind: SynthesisKind): void => { current.delete(kind) }

  /** Listens to a run; what it tells is in `views`. */
  async function follow(id: string): Promise<void> {
    listening.get(id)?.abort()
    const mine = new AbortController()
    listening.set(id, mine)
    try {
      for await (const event of await client.synthesis.watch({ run: id }, { signal: mine.signal })) {
        if (listening.get(id) !== mine) return
        receive(id, event)
      }
    } catch (error) {
      const failure = toFailure(error)
      if (listening.get(id) !== mine || failure.kind === 'cancelled' || failure.kind === 'lost') return
      toasts.pushError(error)
      for (const [kind, run] of current) if (run === id) leave(kind)
    } finally {
      if (listening.get(id) === mine) listening.delete(id)
    }
  }

  function receive(id: string, event: SynthesisEvent): void {
    const known = views.get(id)
    if (known) views.set(id, applySynthesisEvent(known, event))
    else if (event.type === 'state') views.set(id, emptyView(event))
    if (event.type === 'state') put(event.run)
    if (event.type === 'state' && known && isGoingOn(known.run) && event.run.state === 'failed') toasts.push('error', `${event.run.title}: ${event.run.error ?? 'it failed.'}`)
  }

  async function attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action()
    } catch (error) {
      toasts.pushError(error)
      return null
    }
  }

  /** Answers the run, which its workspace shows from then on; null where it could not begin, which was told. */
  async function start(recipe: SynthesisRecipe, from?: { readonly run: string; readonly step: number }): Promise<SynthesisRun | null> {
    const run = await attempt(() => client.synthesis.start({ recipe, ...(from ? { from } : {}) }))
    if (run) {
      put(run)
      open(recipe.kind, run.id)
    }
    return run
  }

  /** A run that ended early goes on from its last checkpoint. */
  async function control(id: string, change: SynthesisControl): Promise<void> {
    const run = await attempt(() => client.synthesis.control({ run: id, ...change }))
    if (!run) return
    put(run)
    if (!listening.has(id) && isGoingOn(run)) void follow(id)
  }

  const forecast = (recipe: SynthesisRecipe, signal?: AbortSignal): Promise<Forecast> => client.synthesis.forecast({ recipe }, { signal })

  async function save(id: string, item: string, format: 'original' | 'tiff16' | 'npy' = 'original'): Promise<void> {
    const file = await attempt(() => client.synthesis.result({ run: id, item, format }))
    if (file) saveBlob(file.name, file.data)
  }

  async function remove(id: string): Promise<void> {
    if ((await attempt(() => client.synthesis.remove({ run: id }).then(() => true))) !== true) return
    listening.get(id)?.abort()
    views.delete(id)
    runs.value = runs.value.filter((run) => run.id !== id)
    for (const [kind, run] of current) if (run === id) leave(kind)
  }

  watch(() => connection.epoch, () => {
    void list()
    for (const id of new Set(current.values())) void follow(id)
  }, { immediate: true })

  return { views, runs, listFailure, current, goingOn, shown, runsOf, list, open, follow, leave, start, control, forecast, save, remove }
})
