import { describe, expect, it } from 'vitest'
import { SerialQueue } from '#engine/runtime/serial-queue.ts'

const later = <T>(value: T): Promise<T> => new Promise((resolve) => { setTimeout(() => resolve(value), 5) })

describe('a serial queue', () => {
  it('runs tasks one after another, in order', async () => {
    const queue = new SerialQueue()
    const seen: string[] = []
    const task = (name: string) => queue.run(async () => { seen.push(`${name} begins`); await later(0); seen.push(`${name} ends`) })
    await Promise.all([task('a'), task('b')])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('goes on after a task that fails', async () => {
    const queue = new SerialQueue()
    const failing = queue.run(() => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    await expect(queue.run(() => later(3))).resolves.toBe(3)
    expect(queue.length).toBe(0)
  })

  it('drops a waiting task that is cancelled, without running it', async () => {
    const queue = new SerialQueue()
    const controller = new AbortController()
    let ran = false
    const first = queue.run(() => later('first'))
    const second = queue.run(async () => { ran = true }, controller.signal)
    controller.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    await expect(first).resolves.toBe('first')
    await queue.run(() => later(0))
    expect(ran).toBe(false)
  })

  it('rejects a running task at once and discards its result, and keeps its turn until it really ends', async () => {
    const queue = new SerialQueue()
    const controller = new AbortController()
    let ended = false
    let finish = (): void => undefined
    const running = queue.run(() => new Promise<void>((resolve) => { finish = () => { ended = true; resolve() } }), controller.signal)
    const next = queue.run(async () => ended)
    await later(0)
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(ended).toBe(false)
    finish()
    await expect(next).resolves.toBe(true)
  })

  it('rejects a task whose signal is aborted already', async () => {
    await expect(new SerialQueue().run(() => later(1), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
