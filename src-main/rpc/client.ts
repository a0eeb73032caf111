/** The typed client of the contract, over whichever transport the page or the process has; it outlives a lost engine. */
import { createORPCClient, DynamicLink } from '@orpc/client'
import type { ClientContext } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { AppError } from '#contract/errors.ts'
import type { Contract } from '#contract/index.ts'
import { connectionLost, fromWireError } from './errors.ts'
import { pageTransport } from './page-transport.ts'
import type { PageTransport } from './page-transport.ts'
import type { Port } from './port.ts'
import { bytesSerializer } from './streamed-bytes.ts'

export type EngineClient = ContractRouterClient<Contract>

/** Opens a fresh port to the engine; resolves when messages can flow. Called again after every loss. */
export type OpenPort = () => Promise<Port>

export interface EngineConnection {
  readonly client: EngineClient
  /** The engine or the way to it is gone: calls in flight have been rejected with 'engine-lost'. */
  readonly onLost: (listener: () => void) => void
  /** A fresh engine answers: reopen what was open. */
  readonly onRestored: (listener: () => void) => void
}

/** A client of one port, without reconnection. */
export function createClient(port: Port): EngineClient {
  const link = createLink(port)
  return createORPCClient(link)
}

function createLink(port: Port): RPCLink<ClientContext> {
  // Read through the object: it changes while a call is away.
  const connection = { lost: false }
  port.onDisconnect.addListener(() => { connection.lost = true })
  return new RPCLink({
    port,
    customJsonSerializers: [bytesSerializer],
    interceptors: [
      async ({ next }) => {
        if (connection.lost) throw connectionLost()
        const translate = (error: unknown): AppError => (connection.lost ? connectionLost(error) : fromWireError(error))
        try {
          const output = await next()
          return isAsyncIterable(output) ? translateErrors(output, translate) : output
        } catch (error) {
          throw translate(error)
        }
      },
    ],
  })
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> => typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** A stream may fail long after its call has answered. */
async function* translateErrors(events: AsyncIterable<unknown>, translate: (error: unknown) => AppError): AsyncGenerator {
  try {
    yield* events
  } catch (error) {
    throw translate(error)
  }
}

const firstRetryMs = 200
const longestRetryMs = 5000

/** The page's connection to its engine, in either shell. */
export function connectEngine(transport: PageTransport = pageTransport()): EngineConnection & Pick<PageTransport, 'pathOf' | 'onOpenFile'> {
  return { ...keepConnected(transport.openPort), pathOf: transport.pathOf, onOpenFile: transport.onOpenFile }
}

/** A client that reconnects by itself. Calls made while the engine is away wait for it. */
export function keepConnected(openPort: OpenPort): EngineConnection {
  const lostListeners: (() => void)[] = []
  const restoredListeners: (() => void)[] = []
  let link = connect(false)

  async function connect(again: boolean): Promise<RPCLink<ClientContext>> {
    for (let delayMs = firstRetryMs; ; delayMs = Math.min(longestRetryMs, delayMs * 2)) {
      try {
        const port = await openPort()
        port.onDisconnect.addListener(() => {
          link = connect(true)
          for (const listener of lostListeners) listener()
        })
        if (again) queueMicrotask(() => { for (const listener of restoredListeners) listener() })
        return createLink(port)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, delayMs))
      }
    }
  }

  const dynamic = new DynamicLink(async () => await link)
  return {
    client: createORPCClient(dynamic),
    onLost: (listener) => lostListeners.push(listener),
    onRestored: (listener) => restoredListeners.push(listener),
  }
}
