import { createRouterClient, eventIterator, os } from '@orpc/server'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createClient } from '#rpc/client.ts'
import { createPortPair } from '#rpc/port.ts'
import { createRpcServer } from '#rpc/server.ts'
import { bytesSerializer } from '#rpc/streamed-bytes.ts'

it('bytes of any value and any number survive base64', () => {
  for (const length of [0, 1, 255, 256, 100_003]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256)
    expect(bytesSerializer.deserialize(bytesSerializer.serialize(bytes))).toEqual(bytes)
  }
})

it('floats within streamed events arrive as they were sent', async () => {
  const floats = Float32Array.of(0, -1.5, Math.PI, NaN, Infinity)
  const router = { stream: os.output(eventIterator(z.object({ data: z.instanceof(Uint8Array) }))).handler(async function* () { yield await Promise.resolve({ data: new Uint8Array(floats.buffer) }) }) }
  const { a, b } = createPortPair()
  createRpcServer(router).attach(b)
  const client = createClient(a) as unknown as ReturnType<typeof createRouterClient<typeof router, object>>
  const arrived: Float32Array[] = []
  for await (const { data } of await client.stream()) arrived.push(new Float32Array(data.slice().buffer))
  expect(arrived).toEqual([floats])
})
