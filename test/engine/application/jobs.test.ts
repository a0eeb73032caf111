import { describe, expect, it } from 'vitest'
import type { Job } from '#contract/application.ts'
import { AppError } from '#contract/errors.ts'
import { createJobs } from '#engine/application/jobs.ts'
import { eventsOf } from '#engine/lib/event-queue.ts'

async function collect<T>(events: AsyncGenerator<T>, count: number): Promise<T[]> {
  const found: T[] = []
  for await (const event of events) if (found.push(event) === count) break
  return found
}

describe('jobs', () => {
  it('tell how far they are, with an estimate by the pace so far', async () => {
    let now = 1000
    const jobs = createJobs(() => now)
    const watched = collect(jobs.watch(), 3)
    const result = await jobs.run('Counting', undefined, async ({ progress }) => {
      now += 1000
      expect(progress(0.25, 'a quarter')).toEqual({ type: 'progress', fraction: 0.25, note: 'a quarter', remainingMs: 3000 })
      return 'counted'
    })
    expect(result).toBe('counted')
    const [begun, quarter, done] = await watched
    expect(begun).toMatchObject({ title: 'Counting', state: 'running', fraction: null })
    expect(quarter).toMatchObject({ state: 'running', fraction: 0.25, note: 'a quarter', remainingMs: 3000 })
    expect(done).toMatchObject({ id: begun!.id, state: 'done', fraction: 1 })
  })

  it('are cancelled by their id or by who began them', async () => {
    const jobs = createJobs()
    const caller = new AbortController()
    const until = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Cancelled.'))))
    const states: Job['state'][] = []
    const watched = (async () => { for await (const job of jobs.watch()) { if (job.state === 'running') jobs.cancel(job.id); states.push(job.state); if (states.length === 2) break } })()
    await expect(jobs.run('One', undefined, ({ signal }) => until(signal))).rejects.toMatchObject({ code: 'cancelled' })
    await watched
    expect(states).toEqual(['running', 'cancelled'])
    const second = jobs.run('Two', caller.signal, ({ signal }) => until(signal))
    caller.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('say why they failed, and are listed to who comes later only while they run', async () => {
    const jobs = createJobs()
    const watched = collect(jobs.watch(), 2)
    await expect(jobs.run('Failing', undefined, () => Promise.reject(new AppError('not-found', 'It is gone.')))).rejects.toThrow('It is gone.')
    expect((await watched)[1]).toMatchObject({ state: 'failed', error: 'It is gone.' })
    let finish = (): void => undefined
    const running = jobs.run('Long', undefined, () => new Promise<void>((resolve) => { finish = resolve }))
    expect(await collect(jobs.watch(), 1)).toMatchObject([{ title: 'Long', state: 'running' }])
    finish()
    await running
  })

  it('do not tell of every step of a quick one', async () => {
    const jobs = createJobs(() => 5)
    const watched = collect(jobs.watch(), 2)
    await jobs.run('Quick', undefined, async ({ progress }) => { for (let step = 0; step < 1000; step++) progress(step / 1000, '') })
    expect((await watched).map(({ state }) => state)).toEqual(['running', 'done'])
  })

  it('stop watching when the watcher goes away', async () => {
    const gone = new AbortController()
    const watching = createJobs().watch(gone.signal)
    const next = watching.next()
    gone.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('hand notices to who listens, and the latest to who comes too late', async () => {
    let now = 0
    const jobs = createJobs(() => now)
    jobs.notify('warning', 'An old one.')
    now = 100_000
    jobs.notify('warning', 'The device fell back.')
    expect(await collect(jobs.notices(), 1)).toEqual([{ level: 'warning', message: 'The device fell back.', at: 100_000 }])
  })
})

describe('events of a body', () => {
  it('come in order, and end as it ends', async () => {
    const events = eventsOf<number>(async (push) => { push(1); await Promise.resolve(); push(2); throw new Error('over') })
    const seen: number[] = []
    await expect((async () => { for await (const event of events) seen.push(event) })()).rejects.toThrow('over')
    expect(seen).toEqual([1, 2])
  })
})
