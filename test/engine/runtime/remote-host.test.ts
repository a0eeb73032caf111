import { describe, expect, it } from 'vitest'
import { writeModel } from '#engine/onnx/write.ts'
import { processChannel } from '#engine/runtime/channels.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { Envelope } from '#engine/runtime/protocol.ts'
import { RemoteHost } from '#engine/runtime/remote-host.ts'
import type { ChannelEvents } from '#engine/runtime/remote-host.ts'
import { affine } from './models.ts'

function fakeHost(onLost?: (message: string) => void) {
  const channels: { events: ChannelEvents; posted: Envelope[]; ended: boolean }[] = []
  const host = new RemoteHost((events) => {
    const channel = { events, posted: [] as Envelope[], ended: false }
    channels.push(channel)
    return { post: (envelope) => { channel.posted.push(envelope) }, end: async () => { channel.ended = true } }
  }, (error) => onLost?.(error.message))
  const settle = () => new Promise<void>((resolve) => { setImmediate(resolve) })
  return { host, channels, settle }
}
const release = { type: 'release', session: 7 } as const

describe('a remote host', () => {
  it('connects at the first request and sends one at a time', async () => {
    const { host, channels, settle } = fakeHost()
    expect(channels).toHaveLength(0)
    const both = Promise.all([host.ask<'release'>(release), host.ask<'release'>(release)])
    await settle()
    expect(channels[0]!.posted.map(({ id }) => id)).toEqual([0])
    channels[0]!.events.onAnswer({ id: 0, reply: null })
    await settle()
    channels[0]!.events.onAnswer({ id: 1, reply: null })
    await expect(both).resolves.toEqual([null, null])
  })

  it('reports a lost worker with a remedy, and the next request meets a fresh one', async () => {
    const notices: string[] = []
    const { host, channels, settle } = fakeHost((message) => notices.push(message))
    const lost = host.ask<'release'>(release)
    const queued = host.ask<'release'>(release)
    await settle()
    channels[0]!.events.onLost('exit code 139', false)
    await expect(lost).rejects.toMatchObject({ code: 'engine-lost', message: expect.stringMatching(/exit code 139.*Try again/) })
    await settle()
    expect(channels).toHaveLength(2)
    channels[1]!.events.onAnswer({ id: 1, reply: null })
    await expect(queued).resolves.toBeNull()
    expect(notices).toHaveLength(1)
  })

  it('tells out of memory from other ends', async () => {
    const { host, channels, settle } = fakeHost()
    const lost = host.ask<'release'>(release)
    await settle()
    channels[0]!.events.onLost('heap limit', true)
    await expect(lost).rejects.toMatchObject({ code: 'out-of-memory' })
  })

  it('ignores the answer of a request that was cancelled', async () => {
    const { host, channels, settle } = fakeHost()
    const controller = new AbortController()
    const first = host.ask<'release'>(release, { signal: controller.signal })
    await settle()
    controller.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const second = host.ask<'release'>(release)
    await settle()
    expect(channels[0]!.posted).toHaveLength(1)
    channels[0]!.events.onAnswer({ id: 0, reply: null })
    await settle()
    channels[0]!.events.onAnswer({ id: 1, reply: null })
    await expect(second).resolves.toBeNull()
  })

  it('cancels what runs when it is closed, and refuses what comes later', async () => {
    const { host, channels, settle } = fakeHost()
    const running = host.ask<'release'>(release)
    await settle()
    await host.close()
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await expect(host.ask<'release'>(release)).rejects.toMatchObject({ code: 'cancelled' })
    expect(channels[0]!.ended).toBe(true)
  })

  it('survives a child process that is killed: its sessions are gone, new ones work', async () => {
    let kill = (): Promise<void> => Promise.resolve()
    const host = new RemoteHost((events) => {
      const channel = processChannel(events)
      kill = () => channel.end()
      return channel
    })
    const open = (session: number) => host.ask<'open'>({ type: 'open', session, source: { kind: 'bytes', bytes: writeModel(affine()) }, device: 'cpu', threads: 1 })
    const run = (session: number) => host.ask<'run'>({ type: 'run', session, feeds: { x: floatTensor([1, 4], new Float32Array(4)) } })
    await open(0)
    expect((await run(0))['z']!.data[0]).toBe(4)
    const running = run(0)
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    await kill()
    // Killed before or after it answered: either way the session is gone then.
    await running.catch((error: unknown) => expect(error).toMatchObject({ code: 'engine-lost' }))
    await expect(run(0)).rejects.toMatchObject({ code: 'engine-lost' })
    await open(1)
    expect((await run(1))['z']!.data[0]).toBe(4)
    await host.close()
  })
})
