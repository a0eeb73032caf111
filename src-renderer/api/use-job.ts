/** A long call that streams: its progress, its end, and a way out. A new run replaces the one before it. */
import { onScopeDispose, shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import type { Progress } from '#contract/wire.ts'
import { toFailure } from './errors.ts'
import type { Failure } from './errors.ts'

export type JobState = 'idle' | 'running' | 'done' | 'failed' | 'cancelled'

export interface StreamJob<Input> {
  readonly state: Readonly<ShallowRef<JobState>>
  readonly progress: Readonly<ShallowRef<Progress | null>>
  readonly failure: Readonly<ShallowRef<Failure | null>>
  readonly run: (input: Input) => Promise<void>
  readonly cancel: () => void
}

type StreamEvent = { readonly type: string }

export function useJob<Input, Event extends StreamEvent>(
  start: (input: Input, options: { signal: AbortSignal }) => Promise<AsyncIterable<Event>>,
  onEvent: (event: Exclude<Event, Progress>) => void | Promise<void>,
): StreamJob<Input> {
  const state = shallowRef<JobState>('idle')
  const progress = shallowRef<Progress | null>(null)
  const failure = shallowRef<Failure | null>(null)
  let controller: AbortController | null = null

  async function run(input: Input): Promise<void> {
    controller?.abort()
    const mine = new AbortController()
    controller = mine
    state.value = 'running'
    progress.value = null
    failure.value = null
    try {
      for await (const event of await start(input, { signal: mine.signal })) {
        if (controller !== mine) return
        if (isProgress(event)) progress.value = event
        else await onEvent(event as Exclude<Event, Progress>)
      }
      if (controller === mine) state.value = mine.signal.aborted ? 'cancelled' : 'done'
    } catch (error) {
      if (controller !== mine) return
      const reason = toFailure(error)
      state.value = reason.kind === 'cancelled' ? 'cancelled' : 'failed'
      failure.value = reason.kind === 'cancelled' ? null : reason
    } finally {
      if (controller === mine) progress.value = null
    }
  }

  function cancel(): void {
    if (state.value !== 'running') return
    controller?.abort()
    controller = null
    state.value = 'cancelled'
    progress.value = null
  }

  onScopeDispose(cancel)
  return { state, progress, failure, run, cancel }
}

const isProgress = (event: StreamEvent): event is Progress => event.type === 'progress'
