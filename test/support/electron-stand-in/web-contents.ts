/** A window's page: Chromium's, with the preload in an isolated world of its own. */
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { CDPSession, Page, Route } from 'playwright-core'
import { note, person } from './controls.ts'
import { ipcMain } from './ipc-main.ts'
import { isPortFrame, PortTable } from './message-ports.ts'
import type { MessagePortMain } from './message-ports.ts'
import { openMainWorld, preloadScript, preloadWorldName, sendBinding } from './preload-world.ts'
import { answerRequest, shownUrl, webUrl } from './protocol.ts'

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'deny' | 'allow' }

export class WebContents extends EventEmitter {
  readonly session = { setPermissionRequestHandler: () => undefined }
  readonly mainFrame: { readonly url: string }
  #page: Page | undefined
  #world: { readonly session: CDPSession; context: number } | undefined
  #openHandler: OpenHandler = () => ({ action: 'allow' })
  /** The address that the application itself loads: no navigation of the page's. */
  #loading: string | undefined
  #elsewhere: string | undefined
  readonly #ports = new PortTable((frame) => { this.#tell('data' in frame ? { port: frame.port, data: encoded(frame.data) } : frame) })

  constructor() {
    super()
    const address = (): string => this.#elsewhere ?? shownUrl(this.#page?.url() ?? '')
    this.mainFrame = { get url() { return address() } }
  }

  setWindowOpenHandler(handler: OpenHandler): void { this.#openHandler = handler }
  isDestroyed(): boolean { return this.#page?.isClosed() ?? false }
  send(channel: string, ...args: unknown[]): void { this.#tell({ channel, args }) }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#ports.transfer(transfer, (ports) => { this.#tell({ channel, args: [message], ports }) })
  }

  async load(page: Page, url: string, preload: string): Promise<void> {
    this.#page = page
    const session = await page.context().newCDPSession(page)
    const world = { session, context: 0 }
    this.#world = world
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== preloadWorldName) return
      // A fresh document: the old one's ports are gone with it.
      this.#ports.closeAll()
      world.context = context.id
    })
    session.on('Runtime.bindingCalled', ({ payload }) => { this.#hear(payload) })
    await session.send('Page.enable')
    await session.send('Runtime.enable')
    await session.send('Runtime.addBinding', { name: sendBinding, executionContextName: preloadWorldName })
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${openMainWorld.toString()})()` })
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadScript(await readFile(preload, 'utf8')), worldName: preloadWorldName })
    await page.route('**/*', async (route) => { await this.#answer(route) })
    page.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') return void dialog.dismiss()
      const leave = isPrevented((event) => this.emit('will-prevent-unload', event))
      void (leave ? dialog.accept() : dialog.dismiss())
    })
    page.on('popup', (popup) => {
      const popupUrl = shownUrl(popup.url())
      if (this.#openHandler({ url: popupUrl }).action === 'allow') return
      note({ type: 'window-denied', url: popupUrl })
      void popup.close()
    })
    this.#loading = webUrl(url)
    await page.goto(this.#loading)
  }

  /** Does something while the page shows a foreign address. */
  elsewhere(url: string, then: () => void): void {
    this.#elsewhere = url
    then()
    this.#elsewhere = undefined
  }

  async close(answer: number): Promise<void> {
    person.messageBoxAnswer = answer
    await this.#page?.close({ runBeforeUnload: true })
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request()
    if (request.isNavigationRequest() && request.url() !== this.#loading) {
      const url = shownUrl(request.url())
      if (isPrevented((event) => this.emit('will-navigate', Object.assign(event, { url })))) {
        note({ type: 'navigation-denied', url })
        await route.abort('aborted')
        return
      }
    }
    this.#loading = undefined
    await route.fulfill(await answerRequest(request.url()))
  }

  #hear(payload: string): void {
    const message: unknown = JSON.parse(payload)
    if (isPortFrame(message)) this.#ports.receive('data' in message ? { port: message.port, data: decoded(message.data) } : message)
    else {
      const { channel, args } = message as { channel: string; args: unknown[] }
      ipcMain.emit(channel, { sender: this, senderFrame: this.mainFrame }, ...args)
    }
  }

  #tell(message: object): void {
    if (this.#world === undefined || this.isDestroyed()) return
    this.#world.session.send('Runtime.evaluate', { contextId: this.#world.context, expression: `standInReceive(${JSON.stringify(message)})` }).catch(() => undefined)
  }
}

/** Whether a listener of an event prevented it. */
function isPrevented(emit: (event: object) => void): boolean {
  let prevented = false
  emit({ preventDefault: () => { prevented = true } })
  return prevented
}

const encoded = (data: unknown): unknown => {
  if (ArrayBuffer.isView(data)) return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }
  return data instanceof ArrayBuffer ? { bytes: Buffer.from(data).toString('base64') } : { json: data }
}
const decoded = (data: unknown): unknown => {
  const { json, bytes } = data as { json?: unknown; bytes?: string }
  return bytes === undefined ? json : new Uint8Array(Buffer.from(bytes, 'base64'))
}
