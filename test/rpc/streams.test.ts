import { createRouterClient, eventIterator, os } from '@orpc/server'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { createClient } from '#rpc/client.ts'
import { toWireError } from '#rpc/errors.ts'
import { createPortPair } from '#rpc/port.ts'
import { createRpcServer } from '#rpc/server.ts'

function connect() {
  const router = {
    fail: os.output(eventIterator(z.number())).handler(async function* () {
      yield await Promise.resolve(1)
      throw toWireError(new AppError('layer-invalid', 'No such layer. Choose another.', { data: { layer: 'x' } }))
    }),
    hang: os.output(eventIterator(z.number())).handler(async function* ({ signal }) {
      yield 1
      await new Promise((resolve) => { signal?.addEventListener('abort', resolve) })
    }),
  }
  const { a, b, disconnect } = createPortPair()
  createRpcServer(router).attach(b)
  return { client: createClient(a) as unknown as ReturnType<typeof createRouterClient<typeof router, object>>, disconnect }
}

async function failureOf(events: Promise<AsyncIterable<number>>, onEvent: () => void = () => undefined): Promise<unknown> {
  try {
    for await (const _ of await events) onEvent()
  } catch (error) {
    return error
  }
  return null
}

it('a stream that fails on its way fails with the error that was thrown', async () => {
  const error = await failureOf(connect().client.fail())
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'layer-invalid', message: 'No such layer. Choose another.', data: { layer: 'x' } })
})

it('a stream whose engine is lost says so', async () => {
  const { client, disconnect } = connect()
  expect(await failureOf(client.hang(), () => disconnect())).toMatchObject({ code: 'engine-lost' })
})
