/** How a page reaches its engine: the preload's MessagePort in the desktop shell, a WebSocket in the browser shell. */
import { createPort, portOfMessagePort } from './port.ts'
import type { Message, Port } from './port.ts'

/** What the preload exposes (src-main/preload). */
interface PreloadBridge {
  readonly requestPort: () => void
  readonly pathOf: (file: File) => string
}

interface PreloadMessage { readonly source: 'phosphene-preload'; readonly type: 'engine-port' | 'engine-lost' | 'open-file'; readonly detail: unknown }

export interface PageTransport {
  readonly openPort: () => Promise<Port>
  /** Where a dropped file lies on this machine; undefined in a browser, which does not tell. */
  readonly pathOf: (file: File) => string | undefined
  /** The system asked to open a file (association, menu, second start). */
  readonly onOpenFile: (listener: (path: string) => void) => void
}

export function pageTransport(page: Window & { readonly phosphene?: PreloadBridge } = window): PageTransport {
  return page.phosphene ? preloadTransport(page, page.phosphene) : webSocketTransport(page)
}

function preloadTransport(page: Window, bridge: PreloadBridge): PageTransport {
  const openFileListeners: ((path: string) => void)[] = []
  const unopened: string[] = []
  let disconnect: () => void = () => undefined
  let take: ((port: Port) => void) | undefined

  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== page || !isPreloadMessage(event.data)) return
    const { type, detail } = event.data
    const [messagePort] = event.ports
    if (type === 'engine-port' && messagePort) {
      // A page that was reloaded while the engine started is answered twice.
      if (!take) { messagePort.close(); return }
      const pipe = createPort((message) => { messagePort.postMessage(message) })
      const inner = portOfMessagePort(messagePort)
      inner.onMessage.addListener(pipe.deliver)
      inner.onDisconnect.addListener(pipe.disconnect)
      disconnect = pipe.disconnect
      take(pipe.port)
      take = undefined
    } else if (type === 'engine-lost') {
      disconnect()
    } else if (type === 'open-file' && typeof detail === 'string') {
      if (openFileListeners.length === 0) unopened.push(detail)
      for (const listener of openFileListeners) listener(detail)
    }
  })

  return {
    openPort: () => new Promise((resolve) => {
      take = resolve
      bridge.requestPort()
    }),
    pathOf: (file) => bridge.pathOf(file) || undefined,
    onOpenFile: (listener) => {
      openFileListeners.push(listener)
      unopened.splice(0).forEach(listener)
    },
  }
}

function webSocketTransport(page: Window): PageTransport {
  const { protocol, host } = page.location
  return {
    openPort: () => new Promise((resolve, reject) => {
      const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`)
      socket.binaryType = 'arraybuffer'
      const { port, deliver, disconnect } = createPort((message) => { socket.send(message as string | ArrayBuffer) })
      socket.addEventListener('open', () => { resolve(port) })
      socket.addEventListener('message', (event: MessageEvent<Message>) => { deliver(event.data) })
      socket.addEventListener('close', () => { disconnect(); reject(new Error('The connection was closed.')) })
    }),
    pathOf: () => undefined,
    onOpenFile: () => undefined,
  }
}

function isPreloadMessage(data: unknown): data is PreloadMessage {
  return typeof data === 'object' && data !== null && 'source' in data && data.source === 'phosphene-preload'
}
