/** Training runs: the list, and the one that is looked at, followed while it goes on whatever workspace is in front. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Finding, Fix, FixOutcome, Recipe, RunDetail, RunEvent, RunSummary } from '#contract/training.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import type { Failure } from '#renderer/api/errors.ts'
import { fromStreamed } from '#renderer/api/tensors.ts'
import type { Floats } from '#renderer/api/tensors.ts'
import { useConnection } from './connection.ts'
import { useJobs } from './jobs.ts'
import type { LocalJob } from './jobs.ts'
import { useToasts } from './toasts.ts'
import { applyRunEvent } from './training-feed.ts'

/** How fast a run goes, by its last steps. */
export type Pace = Omit<Extract<RunEvent, { type: 'steps' }>, 'type' | 'steps'>
/** Kernels of the watched layer as they are now. */
export interface KernelFrame { readonly epoch: number; readonly layer: string; readonly kernels: Floats; readonly extent: number }

/** Small nets finish dozens of epochs a second: the page hears of them together, as often as it can draw. */
const flushMs = 200

export const isActive = ({ state }: RunSummary): boolean => state === 'preparing' || state === 'running' || state === 'paused'

export const useTraining = defineStore('training', () => {
  const { client } = useEngine()
  const connection = useConnection()
  const jobs = useJobs()
  const toasts = useToasts()

  const runs = shallowRef<readonly RunSummary[] | null>(null)
  const listFailure = shallowRef<Failure | null>(null)
  const currentId = ref<string | null>(null)
  /** A new run is being set up; the current one goes on. */
  const settingUp = ref(true)
  const detail = shallowRef<RunDetail | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const pace = shallowRef<Pace | null>(null)
  const frame = shallowRef<KernelFrame | null>(null)
  /** What the engine said of the last change of state. */
  const note = ref<string | null>(null)
  const watchedLayer = ref<string | null>(null)
  /** Fixes on trial, by finding and fix. */
  const trying = ref<ReadonlySet<string>>(new Set())
  const active = computed(() => detail.value !== null && isActive(detail.value.summary))
  let controller: AbortController | null = null

  async function list(): Promise<void> {
    try {
      runs.value = (await client.training.runs()).toSorted((left, right) => right.startedAt - left.startedAt)
      listFailure.value = null
    } catch (error) {
      listFailure.value = toFailure(error)
    }
  }

  function put(summary: RunSummary): void {
    runs.value = [summary, ...(runs.value ?? []).filter(({ id }) => id !== summary.id)].toSorted((left, right) => right.startedAt - left.startedAt)
    if (detail.value?.summary.id === summary.id) detail.value = { ...detail.value, summary }
  }

  /** Shows a run, and listens to it. What happens while its past is being fetched waits for it. */
  async function open(id: string): Promise<void> {
    controller?.abort()
    dropWaiting()
    const mine = controller = new AbortController()
    const stays = currentId.value === id
    if (!stays) leaveTray()
    currentId.value = id
    settingUp.value = false
    failure.value = null
    if (!stays) {
      detail.value = null
      pace.value = null
      frame.value = null
      note.value = null
      watchedLayer.value = null
    }
    const early: RunEvent[] = []
    let loaded = false
    const hear = (event: RunEvent): void => {
      if (loaded) queue(event)
      else early.push(event)
    }
    const listening = listen(id, mine, hear)
    try {
      const fetched = await client.training.run({ run: id }, { signal: mine.signal })
      if (controller !== mine) return
      detail.value = fetched
      loaded = true
      put(fetched.summary)
      showInTray()
      early.forEach(receive)
      const first = watchedLayer.value ?? fetched.net.layers.find(({ kernels }) => kernels)?.id
      if (first !== undefined) await watchLayer(first)
    } catch (error) {
      const reason = toFailure(error)
      if (controller === mine && reason.kind !== 'cancelled' && reason.kind !== 'lost') failure.value = reason
    }
    await listening
  }

  async function refresh(): Promise<void> {
    const before = settingUp.value
    const opening = currentId.value === null ? undefined : open(currentId.value)
    settingUp.value = before
    await opening
  }

  async function listen(id: string, mine: AbortController, hear: (event: RunEvent) => void): Promise<void> {
    try {
      for await (const event of await client.training.watch({ run: id }, { signal: mine.signal })) {
        if (controller !== mine) return
        hear(event)
      }
    } catch (error) {
      if (controller === mine && toFailure(error).kind === 'bug') toasts.pushError(error)
    }
  }

  let waiting: RunEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  function queue(event: RunEvent): void {
    waiting.push(event)
    timer ??= setTimeout(flush, flushMs)
  }
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const heard = waiting
    waiting = []
    heard.forEach(receive)
  }
  function dropWaiting(): void {
    clearTimeout(timer)
    timer = undefined
    waiting = []
  }

  function receive(event: RunEvent): void {
    if (detail.value === null) return
    const prepared = event.type === 'state' && detail.value.summary.state === 'preparing' && event.summary.state !== 'preparing'
    detail.value = applyRunEvent(detail.value, event)
    if (event.type === 'steps') pace.value = event
    if (event.type === 'kernels') frame.value = { epoch: event.epoch, layer: event.layer, kernels: fromStreamed(event.kernels), extent: event.extent }
    if (event.type === 'state') {
      note.value = event.note ?? null
      put(event.summary)
    }
    showInTray()
    // Only now are the network and the data known.
    if (prepared) void refresh()
  }

  function setUp(): void { settingUp.value = true }

  function forget(): void {
    controller?.abort()
    controller = null
    leaveTray()
    currentId.value = null
    detail.value = null
    setUp()
  }

  let tray: LocalJob | null = null
  /** Cancelling there pauses: nothing that was learned is lost by a slip of the finger. */
  function showInTray(): void {
    const summary = detail.value?.summary
    if (detail.value === null || summary === undefined || (summary.state !== 'running' && summary.state !== 'preparing')) return leaveTray()
    if (tray === null) {
      const job = tray = jobs.startLocal(`Training ${summary.name}`)
      job.signal.addEventListener('abort', () => {
        tray = null
        void control(summary.id, { action: 'pause' })
      })
    }
    const steps = detail.value.stepsPerEpoch * summary.epochs
    tray.update(steps === 0 ? null : Math.min(1, (detail.value.steps.at(-1)?.step ?? 0) / steps), `Epoch ${summary.epoch} of ${summary.epochs}`, pace.value?.remainingMs ?? null)
  }
  function leaveTray(): void {
    tray?.finish()
    tray = null
  }

  /** Does something that answers with a summary; tells what went wrong, and returns whether it went well. */
  async function attempt(action: () => Promise<RunSummary>): Promise<RunSummary | null> {
    try {
      const summary = await action()
      put(summary)
      return summary
    } catch (error) {
      toasts.pushError(error)
      return null
    }
  }

  async function openNew(action: () => Promise<RunSummary>): Promise<boolean> {
    const summary = await attempt(action)
    if (summary !== null) void open(summary.id)
    return summary !== null
  }

  const start = (recipe: Recipe): Promise<boolean> => openNew(() => client.training.start({ recipe }))
  const branch = (run: string, recipe: Recipe, epoch?: number): Promise<boolean> => openNew(() => client.training.branch({ run, recipe, ...(epoch === undefined ? {} : { epoch }) }))
  const control = (run: string, change: { action?: 'pause' | 'resume' | 'step' | 'stop'; rate?: number; watchedLayer?: string }): Promise<RunSummary | null> => attempt(() => client.training.control({ run, ...change }))
  const rename = (run: string, name: string): Promise<RunSummary | null> => attempt(() => client.training.rename({ run, name }))

  /** Goes on with a run that ended early: the same one, from its last checkpoint. */
  const resume = (run: string): Promise<boolean> => openNew(() => client.training.resume({ run }))

  async function watchLayer(layer: string): Promise<void> {
    watchedLayer.value = layer
    if (frame.value?.layer !== layer) frame.value = null
    if (currentId.value !== null && active.value) await control(currentId.value, { watchedLayer: layer })
  }

  async function remove(run: string): Promise<void> {
    try {
      await client.training.remove({ run })
      runs.value = (runs.value ?? []).filter(({ id }) => id !== run)
      if (currentId.value === run) forget()
    } catch (error) {
      toasts.pushError(error)
    }
  }

  async function tryFix(run: string, finding: Finding, fix: Fix): Promise<FixOutcome | null> {
    const key = trialKey(finding.id, fix.id)
    trying.value = new Set([...trying.value, key])
    try {
      const outcome = await client.training.tryFix({ run, finding: finding.id, fix: fix.id })
      if (currentId.value === run) receive({ type: 'outcome', outcome })
      void list()
      return outcome
    } catch (error) {
      toasts.pushError(error)
      return null
    } finally {
      trying.value = new Set([...trying.value].filter((other) => other !== key))
    }
  }

  watch(() => connection.epoch, (epoch) => {
    void list()
    if (epoch > 0) void refresh()
  }, { immediate: true })

  return { runs, listFailure, currentId, settingUp, detail, failure, pace, frame, note, watchedLayer, trying, active, list, open, setUp, start, branch, resume, control, rename, remove, watchLayer, tryFix }
})

export const trialKey = (finding: string, fix: string): string => `${finding} ${fix}`
