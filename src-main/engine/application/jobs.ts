/** What takes long: listed with its progress and an estimate, and cancelled by anyone who can see it. */
import { randomUUID } from 'node:crypto'
import type { Job, Notice } from '#contract/application.ts'
import type { Progress } from '#contract/wire.ts'
import { isAppError } from '#contract/errors.ts'
import { EventQueue } from '../lib/event-queue.ts'

export interface JobControls {
  readonly signal: AbortSignal
  /** Share done, 0..1, or null where it cannot be known; and what is being done, for people. */
  progress(fraction: number | null, note: string): Progress
}

export interface Jobs {
  /** Runs `body` as a job. It is cancelled when `signal` is aborted or somebody cancels it by its id. */
  run<T>(title: string, signal: AbortSignal | undefined, body: (controls: JobControls) => Promise<T>): Promise<T>
  /** Every change, beginning with the jobs that run. */
  watch(signal?: AbortSignal): AsyncGenerator<Job>
  cancel(id: string): void
  notify(level: Notice['level'], message: string): void
  notices(signal?: AbortSignal): AsyncGenerator<Notice>
}

/** A job's changes are told at most that often; its beginning and end always. */
const leastIntervalMs = 80
/** Before that share is done there is no pace to estimate by. */
const leastFraction = 0.02
/** Notices of the last minutes are told to who begins to listen: a page that reconnects missed them. */
const noticeMemoryMs = 60_000

export function createJobs(now: () => number = Date.now): Jobs {
  const running = new Map<string, { readonly job: Job; readonly abort: AbortController }>()
  const watchers = new Set<EventQueue<Job>>()
  const listeners = new Set<EventQueue<Notice>>()
  let lately: Notice[] = []
  const tell = (job: Job): void => { for (const watcher of watchers) watcher.push(job) }

  return {
    async run(title, signal, body) {
      const id = randomUUID()
      const abort = new AbortController()
      const startedAt = now()
      let toldAt = 0
      const update = (changes: Partial<Job>, always: boolean): Job => {
        const job: Job = { ...(running.get(id)?.job ?? { id, title, state: 'running', fraction: null, note: '', remainingMs: null, startedAt }), ...changes }
        if (job.state === 'running') running.set(id, { job, abort })
        else running.delete(id)
        if (always || now() - toldAt >= leastIntervalMs) {
          toldAt = now()
          tell(job)
        }
        return job
      }
      update({}, true)
      const controls: JobControls = {
        signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
        progress(fraction, note) {
          const remainingMs = fraction === null || fraction < leastFraction ? null : ((now() - startedAt) * (1 - fraction)) / fraction
          update({ fraction, note, remainingMs }, false)
          return { type: 'progress', fraction, note, remainingMs }
        },
      }
      try {
        const result = await body(controls)
        update({ state: 'done', fraction: 1, remainingMs: 0 }, true)
        return result
      } catch (error) {
        const cancelled = controls.signal.aborted || (isAppError(error) && error.code === 'cancelled')
        update(cancelled ? { state: 'cancelled', remainingMs: null } : { state: 'failed', remainingMs: null, error: error instanceof Error ? error.message : String(error) }, true)
        throw error
      }
    },
    watch: (signal) => listen(watchers, [...running.values()].map(({ job }) => job), signal),
    cancel(id) {
      running.get(id)?.abort.abort()
    },
    notify(level, message) {
      const notice: Notice = { level, message, at: now() }
      lately = [...lately.filter(({ at }) => at > now() - noticeMemoryMs), notice]
      for (const listener of listeners) listener.push(notice)
    },
    notices: (signal) => listen(listeners, lately.filter(({ at }) => at > now() - noticeMemoryMs), signal),
  }
}

async function* listen<T>(listeners: Set<EventQueue<T>>, first: readonly T[], signal: AbortSignal | undefined): AsyncGenerator<T> {
  const queue = new EventQueue<T>()
  for (const event of first) queue.push(event)
  listeners.add(queue)
  const end = (): void => queue.end()
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  try {
    yield* queue
  } finally {
    listeners.delete(queue)
    signal?.removeEventListener('abort', end)
  }
}
