/** Serves a router to ports. */
import { RPCHandler } from '@orpc/server/message-port'
import type { AnyRouter } from '@orpc/server'
import type { Port } from './port.ts'
import { bytesSerializer } from './streamed-bytes.ts'

/** Answers every port that is attached until it disconnects; a disconnect aborts what its calls still do. */
export function createRpcServer(router: AnyRouter): { attach: (port: Port) => void } {
  const handler = new RPCHandler(router, { customJsonSerializers: [bytesSerializer] })
  return { attach: (port) => { handler.upgrade(port, { context: {} }) } }
}
