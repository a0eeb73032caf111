/**
 * Many ports over one process channel (child_process with 'advanced' serialization, or Electron's utility process).
 * The parent owns the connections and opens them; the engine's side answers whatever is opened.
 */
import { createPort } from './port.ts'
import type { Message, Port } from './port.ts'

export type Frame =
  | { readonly type: 'open'; readonly id: number }
  | { readonly type: 'message'; readonly id: number; readonly message: Message }
  | { readonly type: 'close'; readonly id: number }
  /** The engine answers from here on. */
  | { readonly type: 'ready' }

export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && ['open', 'message', 'close', 'ready'].includes(value.type)
}

/** The engine's side: `receive` each frame; every opened connection is handed to `attach` as a port. */
export function acceptConnections(send: (frame: Frame) => void, attach: (port: Port) => void): { receive: (frame: Frame) => void } {
  const connections = new Map<number, ReturnType<typeof createPort>>()
  return {
    receive(frame) {
      if (frame.type === 'open') {
        const { id } = frame
        const connection = createPort((message) => { send({ type: 'message', id, message }) })
        connections.set(id, connection)
        attach(connection.port)
      } else if (frame.type === 'message') {
        connections.get(frame.id)?.deliver(frame.message)
      } else if (frame.type === 'close') {
        connections.get(frame.id)?.disconnect()
        connections.delete(frame.id)
      }
    },
  }
}

/** The parent's side: opens connections and carries their messages; `lose` disconnects all when the process is gone. */
export function createConnections(send: (frame: Frame) => void): { open: () => { port: Port; close: () => void }; receive: (frame: Frame) => void; lose: () => void } {
  const connections = new Map<number, ReturnType<typeof createPort>>()
  let nextId = 1
  return {
    open() {
      const id = nextId++
      const connection = createPort((message) => { send({ type: 'message', id, message }) })
      connections.set(id, connection)
      send({ type: 'open', id })
      return {
        port: connection.port,
        close: () => {
          if (!connections.delete(id)) return
          send({ type: 'close', id })
          connection.disconnect()
        },
      }
    },
    receive(frame) {
      if (frame.type === 'message') connections.get(frame.id)?.deliver(frame.message)
    },
    lose() {
      for (const connection of connections.values()) connection.disconnect()
      connections.clear()
    },
  }
}
