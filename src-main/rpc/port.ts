/** A two-way pipe of encoded messages: what every transport (WebSocket, MessagePort, process channel) is reduced to. */

/** Encoded by oRPC: text, or bytes where a Blob is inside. */
export type Message = string | Uint8Array | ArrayBuffer

export interface Port {
  readonly postMessage: (message: Message) => void
  readonly onMessage: { addListener: (listener: (message: Message) => void) => void }
  readonly onDisconnect: { addListener: (listener: () => void) => void }
}

/** A port and the handle that feeds it: `deliver` what came in, `disconnect` when the other side is gone. */
export function createPort(send: (message: Message) => void): { port: Port; deliver: (message: Message) => void; disconnect: () => void } {
  const listeners: ((message: Message) => void)[] = []
  const closers: (() => void)[] = []
  let open = true
  return {
    port: {
      postMessage: (message) => { if (open) send(message) },
      onMessage: { addListener: (listener) => listeners.push(listener) },
      onDisconnect: { addListener: (listener) => closers.push(listener) },
    },
    deliver: (message) => { for (const listener of listeners) listener(message) },
    disconnect: () => {
      if (!open) return
      open = false
      for (const close of closers) close()
    },
  }
}

/** Two ports joined back to back: the transport of tests. */
export function createPortPair(): { a: Port; b: Port; disconnect: () => void } {
  const a = createPort((message) => queueMicrotask(() => { b.deliver(message) }))
  const b = createPort((message) => queueMicrotask(() => { a.deliver(message) }))
  return { a: a.port, b: b.port, disconnect: () => { a.disconnect(); b.disconnect() } }
}

/** A DOM or worker MessagePort (the desktop shell's). */
export function portOfMessagePort(messagePort: MessagePort): Port {
  const { port, deliver, disconnect } = createPort((message) => { messagePort.postMessage(message) })
  messagePort.addEventListener('message', (event: MessageEvent<Message>) => { deliver(event.data) })
  messagePort.addEventListener('close', disconnect)
  messagePort.start()
  return port
}
