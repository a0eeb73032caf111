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

/** A DOM or worker MessagePort (the desktop shell's, as the page gets it). */
export function portOfMessagePort(messagePort: MessagePort): Port {
  const { port, deliver, disconnect } = createPort((message) => { messagePort.postMessage(message) })
  messagePort.addEventListener('message', (event: MessageEvent<Message>) => { deliver(event.data) })
  messagePort.addEventListener('close', disconnect)
  messagePort.start()
  return port
}

/** Electron's MessagePortMain, as far as it is used: the end of a MessagePort outside a page is an emitter, not an EventTarget. */
export interface EmittingPort {
  on(event: 'message', listener: (event: { readonly data: Message }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: Message): void
  start(): void
}

/** The desktop shell's MessagePort, as the engine gets it. */
export function portOfEmittingPort(messagePort: EmittingPort): Port {
  const { port, deliver, disconnect } = createPort((message) => { messagePort.postMessage(message) })
  messagePort.on('message', ({ data }) => { deliver(data) })
  messagePort.on('close', disconnect)
  messagePort.start()
  return port
}
