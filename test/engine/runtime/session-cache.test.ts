import { describe, expect, it } from 'vitest'
import { SessionCache } from '#engine/runtime/session-cache.ts'
import type { Session } from '#engine/runtime/session.ts'

function fakeSessions() {
  const opened: string[] = []
  const disposed: string[] = []
  const open = (name: string, bytes: number) => async () => {
    opened.push(name)
    const session: Session = { inputNames: [], outputNames: [], device: 'cpu', run: async () => ({}), dispose: async () => { disposed.push(name) } }
    return { session, bytes }
  }
  return { opened, disposed, open }
}

describe('the session cache', () => {
  it('opens a session once for many uses, also for uses at the same time', async () => {
    const { opened, open } = fakeSessions()
    const cache = new SessionCache(100)
    await Promise.all([cache.use('a', open('a', 10), async () => 1), cache.use('a', open('a', 10), async () => 2)])
    await cache.use('a', open('a', 10), async () => 3)
    expect(opened).toEqual(['a'])
  })

  it('disposes the least recently used above its budget', async () => {
    const { disposed, open } = fakeSessions()
    const cache = new SessionCache(25)
    const use = (name: string) => cache.use(name, open(name, 10), async () => undefined)
    await use('a'); await use('b'); await use('a'); await use('c')
    expect(disposed).toEqual(['b'])
    expect(cache.bytes).toBe(20)
  })

  it('never disposes a session that is in use, and does once it is not', async () => {
    const { disposed, open } = fakeSessions()
    const cache = new SessionCache(15)
    await cache.use('a', open('a', 10), async () => {
      await cache.use('b', open('b', 10), async () => undefined)
      expect(disposed).toEqual(['b'])
    })
    expect(cache.size).toBe(1)
    let inside: readonly string[] = []
    await cache.use('a', open('a', 10), async () => { await cache.drop(); inside = [...disposed] })
    expect(inside).toEqual(['b'])
    expect(disposed).toEqual(['b', 'a'])
    expect(cache.size).toBe(0)
  })

  it('keeps a session larger than the budget only while it is used', async () => {
    const { disposed, open } = fakeSessions()
    const cache = new SessionCache(5)
    await cache.use('big', open('big', 10), async () => undefined)
    expect(disposed).toEqual(['big'])
  })

  it('tries a model that did not open again', async () => {
    const { open } = fakeSessions()
    const cache = new SessionCache(100)
    await expect(cache.use('a', () => Promise.reject(new Error('bad')), async () => 1)).rejects.toThrow('bad')
    await expect(cache.use('a', open('a', 1), async () => 2)).resolves.toBe(2)
  })

  it('drops what matches and nothing else', async () => {
    const { disposed, open } = fakeSessions()
    const cache = new SessionCache(100)
    await cache.use('net1/x', open('net1/x', 1), async () => undefined)
    await cache.use('net2/x', open('net2/x', 1), async () => undefined)
    await cache.drop((key) => key.startsWith('net1/'))
    expect(disposed).toEqual(['net1/x'])
  })
})
