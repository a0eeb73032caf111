/** Work in progress, of the engine and of the page, for the tray. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Job } from '#contract/application.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import { useConnection } from './connection.ts'
import { useToasts } from './toasts.ts'

/** Progress of work that the page itself does, such as an upload. */
export interface LocalJob {
  readonly signal: AbortSignal
  /** `remainingMs` where the work itself knows; otherwise it follows from the pace. */
  readonly update: (fraction: number | null, note: string, remainingMs?: number | null) => void
  readonly finish: () => void
}

export const useJobs = defineStore('jobs', () => {
  const { client } = useEngine()
  const connection = useConnection()
  const toasts = useToasts()
  const jobs = shallowRef<readonly Job[]>([])
  const localCancels = new Map<string, () => void>()
  let nextLocal = 1

  const running = computed(() => jobs.value.filter((job) => job.state === 'running').toSorted((left, right) => right.startedAt - left.startedAt))

  function put(job: Job): void {
    const others = jobs.value.filter((other) => other.id !== job.id)
    jobs.value = job.state === 'running' ? [...others, job] : others
  }

  async function cancel(id: string): Promise<void> {
    const local = localCancels.get(id)
    if (local !== undefined) return local()
    await client.jobs.cancel({ id }).catch((error: unknown) => toasts.pushError(error))
  }

  function startLocal(title: string): LocalJob {
    const id = `page-${nextLocal++}`
    const controller = new AbortController()
    const startedAt = Date.now()
    const show = (state: Job['state'], fraction: number | null, note: string, known?: number | null): void => {
      const elapsedMs = Date.now() - startedAt
      const remainingMs = known !== undefined ? known : fraction === null || fraction < 0.02 ? null : (elapsedMs / fraction) * (1 - fraction)
      put({ id, title, state, fraction, note, remainingMs, startedAt })
    }
    const finish = (): void => {
      localCancels.delete(id)
      show('done', 1, '')
    }
    localCancels.set(id, () => { controller.abort(); finish() })
    show('running', null, '')
    return { signal: controller.signal, update: (fraction, note, remainingMs) => { if (localCancels.has(id)) show('running', fraction, note, remainingMs) }, finish }
  }

  /** Follows the engine's streams until this engine is gone. */
  async function follow(epoch: number): Promise<void> {
    jobs.value = jobs.value.filter((job) => localCancels.has(job.id))
    const alive = (): boolean => connection.epoch === epoch
    await Promise.all([
      consume(client.jobs.watch(), (job) => { if (alive()) put(job) }),
      consume(client.jobs.notices(), (notice) => { if (alive()) toasts.push(notice.level, notice.message) }),
    ])
  }

  async function consume<Event>(stream: Promise<AsyncIterable<Event>>, onEvent: (event: Event) => void): Promise<void> {
    try {
      for await (const event of await stream) onEvent(event)
    } catch (error) {
      if (toFailure(error).kind === 'bug') toasts.pushError(error)
    }
  }

  watch(() => connection.epoch, (epoch) => void follow(epoch), { immediate: true })
  return { jobs, running, cancel, startLocal }
})
