/**
 * The two JavaScript worlds of a window's page. The functions below run in the page: they are sent there as text, and may
 * use nothing but what the page has. Worlds reach each other by DOM events only, whose details are cloned on the way.
 */

export const preloadWorldName = 'electron-preload'
export const sendBinding = 'standInSend'

interface PageMessage { readonly channel?: string; readonly args?: readonly unknown[]; readonly ports?: readonly number[]; readonly port?: number; readonly data?: unknown; readonly closed?: true }

/** In the page's own world: what `contextBridge` exposes appears here. */
export function openMainWorld(): void {
  if (window.top !== window) return
  window.addEventListener('stand-in-expose', (event) => {
    const { key, names } = (event as CustomEvent<{ key: string; names: string[] }>).detail
    const call = (name: string, args: unknown[]): unknown => {
      let returned: unknown
      const take = (answer: Event): void => { returned = (answer as CustomEvent<unknown>).detail ?? undefined }
      window.addEventListener('stand-in-return', take, { once: true })
      window.dispatchEvent(new CustomEvent('stand-in-call', { detail: { key, name, args } }))
      return returned
    }
    const api = Object.freeze(Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => call(name, args)])))
    Object.defineProperty(window, key, { value: api, enumerable: true })
  })
}

/** In the preload's world: `electron` as a sandboxed preload gets it. */
export function runPreload(preload: (require: (name: string) => unknown, module: object, exports: object) => void): void {
  if (window.top !== window) return
  type Sender = (text: string) => void
  const world = globalThis as unknown as { standInSend: Sender; standInReceive: (message: PageMessage) => void }
  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>()
  const ports = new Map<number, MessagePort>()
  const send = (message: PageMessage): void => { world.standInSend(JSON.stringify(message)) }

  const encode = (data: unknown): unknown => {
    if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) return { json: data }
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    let text = ''
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    return { bytes: btoa(text) }
  }
  const decode = (data: unknown): unknown => {
    const { json, bytes } = data as { json?: unknown; bytes?: string }
    return bytes === undefined ? json : Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
  }
  const adopt = (port: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = (event) => { send({ port, data: encode(event.data) }) }
    port2.addEventListener('close', () => { send({ port, closed: true }) })
    ports.set(port, port2)
    return port1
  }

  world.standInReceive = ({ channel, args = [], ports: numbers = [], port, data, closed }) => {
    if (channel !== undefined) {
      const event = { ports: numbers.map(adopt) }
      for (const listener of listeners.get(channel) ?? []) listener(event, ...args)
    } else if (port !== undefined) {
      if (closed) ports.get(port)?.close()
      else ports.get(port)?.postMessage(decode(data))
    }
  }

  const electron = {
    ipcRenderer: {
      on: (channel: string, listener: (event: object, ...args: unknown[]) => void) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]) },
      send: (channel: string, ...args: unknown[]) => { send({ channel, args }) },
    },
    contextBridge: {
      exposeInMainWorld: (key: string, api: Record<string, (...args: unknown[]) => unknown>) => {
        window.addEventListener('stand-in-call', (event) => {
          const { key: called, name, args } = (event as CustomEvent<{ key: string; name: string; args: unknown[] }>).detail
          if (called === key) window.dispatchEvent(new CustomEvent('stand-in-return', { detail: api[name]?.(...args) }))
        })
        window.dispatchEvent(new CustomEvent('stand-in-expose', { detail: { key, names: Object.keys(api) } }))
      },
    },
    // Chromium alone does not tell where a file lies: as for a file that a page made itself.
    webUtils: { getPathForFile: () => '' },
  }
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`A sandboxed preload cannot require '${name}'.`)
    return electron
  }
  preload(require, { exports: {} }, {})
}

export const preloadScript = (source: string): string => `(${runPreload.toString()})((require, module, exports) => {\n${source}\n})`
