/** Serves a router to ports. */
import { RPCHandler } from '@orpc/server/message-port'
import type { AnyRouter } from '@orpc/server'
import type { Port } from './port.ts'

/** Answers every port that is attached until it disconnects; a disconnect aborts what its calls still do. */
export function createRpcServer(router: AnyRouter): { attach: (port: Port) => void } {
  const handler = new RPCHandler(router)
  return { attach: (port) => { handler.upgrade(port, { context: {} }) } }
}
