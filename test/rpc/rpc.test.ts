import { implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { contract } from '#contract/index.ts'
import { createClient, keepConnected } from '#rpc/client.ts'
import { toWireError } from '#rpc/errors.ts'
import { createPortPair } from '#rpc/port.ts'
import { createRpcServer } from '#rpc/server.ts'

const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)

/** A server that answers a few calls of the contract, as an engine would. */
function testServer(onCancel: () => void = () => undefined) {
  const base = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw toWireError(error)
    }
  })
  return createRpcServer({
    models: {
      close: base.models.close.handler(({ input }) => {
        throw new AppError('not-found', `No model '${input.model}' is open.`, { data: { model: input.model } })
      }),
      forget: base.models.forget.handler(() => { throw new TypeError('undefined is not a function') }),
    },
    files: {
      append: base.files.append.handler(async ({ input }) => ({ received: new Uint8Array(await input.data.arrayBuffer()).reduce((sum, byte) => sum + byte, 0) })),
    },
    catalogue: {
      download: base.catalogue.download.handler(async function* ({ signal }) {
        try {
          for (let step = 0; ; step++) {
            yield { type: 'progress' as const, fraction: null, note: `step ${step}`, remainingMs: null }
            await new Promise((resolve) => setTimeout(resolve, 5))
            signal?.throwIfAborted()
          }
        } finally {
          onCancel()
        }
      }),
    },
  })
}

describe('calls over a port', () => {
  it('carries bytes as bytes', async () => {
    const { a, b } = createPortPair()
    testServer().attach(b)
    const { received } = await createClient(a).files.append({ id: 'x', data: new Blob([bytes]) })
    expect(received).toBe(bytes.reduce((sum, byte) => sum + byte, 0))
  })

  it('brings an expected error across with code, message and data', async () => {
    const { a, b } = createPortPair()
    testServer().attach(b)
    const error: unknown = await createClient(a).models.close({ model: 'gone' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'not-found', message: "No model 'gone' is open.", data: { model: 'gone' } })
  })

  it('reports an unforeseen error as a bug, without its stack', async () => {
    const { a, b } = createPortPair()
    testServer().attach(b)
    const error: unknown = await createClient(a).models.forget({ source: { kind: 'sample', id: 'x' } }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'bug' })
    expect((error as Error).message).toMatch(/undefined is not a function.*report/)
  })

  it('refuses input that is not of the contract, and says where', async () => {
    const { a, b } = createPortPair()
    testServer().attach(b)
    const error: unknown = await createClient(a).models.close({ model: 7 as unknown as string }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'option-invalid' })
    expect((error as Error).message).toMatch(/model/)
  })

  it('lets a cancelled stream reach the handler that feeds it', async () => {
    let cancelled = false
    const { a, b } = createPortPair()
    testServer(() => { cancelled = true }).attach(b)
    const stream = await createClient(a).catalogue.download({ name: 'x' })
    let seen = 0
    for await (const _event of stream) if (++seen === 3) break
    await expect.poll(() => cancelled).toBe(true)
  })
})

describe('a lost engine', () => {
  it('rejects what is in flight with engine-lost, reconnects, and answers again', async () => {
    const pairs: ReturnType<typeof createPortPair>[] = []
    const connection = keepConnected(() => {
      const pair = createPortPair()
      pairs.push(pair)
      testServer().attach(pair.b)
      return Promise.resolve(pair.a)
    })
    const events: string[] = []
    connection.onLost(() => events.push('lost'))
    connection.onRestored(() => events.push('restored'))
    await connection.client.files.append({ id: 'x', data: new Blob([bytes]) })

    const stream = await connection.client.catalogue.download({ name: 'x' })
    const first = await stream.next()
    expect(first.done).toBe(false)
    const call = connection.client.models.close({ model: 'in flight' })
    const outcome = call.catch((reason: unknown) => reason)
    pairs[0]!.disconnect()
    expect(await outcome).toMatchObject({ code: 'engine-lost' })
    await expect.poll(() => events).toEqual(['lost', 'restored'])
    const again = await connection.client.files.append({ id: 'x', data: new Blob([Uint8Array.of(3)]) })
    expect(again.received).toBe(3)
  })
})
