/** The window: sandboxed, isolated, bound to the renderer's origin; it may only ask for its port. */
import { BrowserWindow, dialog, ipcMain, MessageChannelMain } from 'electron'
import type { IpcMainEvent, MessagePortMain } from 'electron'
import { rendererOrigin } from './renderer-protocol.ts'

export interface ShellWindow {
  readonly focus: () => void
  readonly openFile: (path: string) => void
  /** The engine was lost: the page's port is dead; it is told to ask for another. */
  readonly reconnect: () => void
}

export interface WindowOptions {
  readonly preload: string
  readonly connectPort: (port: MessagePortMain) => Promise<void>
}

export function createWindow({ preload, connectPort }: WindowOptions): ShellWindow {
  const window = new BrowserWindow({
    width: 1440, height: 900, minWidth: 1024, minHeight: 700, show: false, backgroundColor: '#0e0f11', title: 'Phosphene',
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, spellcheck: false },
  })
  const contents = window.webContents
  let pageReady = false
  const waiting: string[] = []

  contents.session.setPermissionRequestHandler((_contents, permission, allow) => { allow(permission === 'clipboard-sanitized-write') })
  contents.on('will-navigate', (event) => { if (!isRenderer(event.url)) event.preventDefault() })
  contents.on('will-prevent-unload', (event) => {
    const leave = dialog.showMessageBoxSync(window, { type: 'question', buttons: ['Keep working', 'Close'], defaultId: 0, cancelId: 0, message: 'Work is still running.', detail: 'Closing stops it. What is finished is kept.' })
    if (leave === 1) event.preventDefault()
  })

  const askForPort = (event: IpcMainEvent): void => {
    // Only the top frame of our own page, in our own window.
    if (event.sender !== contents || event.senderFrame !== contents.mainFrame || !isRenderer(event.senderFrame.url)) return
    const { port1, port2 } = new MessageChannelMain()
    void connectPort(port2).then(() => { if (!contents.isDestroyed()) contents.postMessage('engine-port', null, [port1]) })
    pageReady = true
    for (const path of waiting.splice(0)) contents.send('open-file', path)
  }
  ipcMain.on('engine-port', askForPort)
  window.on('closed', () => { ipcMain.removeListener('engine-port', askForPort) })
  window.once('ready-to-show', () => { window.show() })
  void window.loadURL(`${rendererOrigin}/index.html`)

  return {
    focus: () => { if (window.isMinimized()) window.restore(); window.focus() },
    openFile: (path) => { if (pageReady) contents.send('open-file', path); else waiting.push(path) },
    reconnect: () => { if (!contents.isDestroyed()) contents.send('engine-lost') },
  }
}

const isRenderer = (url: string): boolean => url === rendererOrigin || url.startsWith(`${rendererOrigin}/`)
