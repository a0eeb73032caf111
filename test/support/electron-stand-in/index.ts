/**
 * What src-main/app uses of Electron, on Debian's or anyone's Chromium: so that the desktop shell, as built, runs where
 * Electron's binary is not. It follows Electron's documentation; where the two could differ, test/e2e/electron.test.ts runs the real one.
 */
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserContext } from 'playwright-core'
import { chromiumArguments, chromiumPath } from '../chromium.ts'
import { note, person } from './controls.ts'
import type { Asker, Control } from './controls.ts'
import { ipcMain } from './ipc-main.ts'
import { WebContents } from './web-contents.ts'

export { ipcMain } from './ipc-main.ts'
export { MessageChannelMain } from './message-ports.ts'
export { protocol } from './protocol.ts'
export { utilityProcess } from './utility-process.ts'

interface MenuItem { readonly label?: string; readonly click?: () => void; readonly submenu?: readonly MenuItem[] }
interface WindowOptions { readonly width: number; readonly height: number; readonly webPreferences: { readonly preload: string } }

const userData = process.env['STAND_IN_USER_DATA'] ?? ''
const windows = new Set<BrowserWindow>()
let chromiumContext: Promise<BrowserContext> | undefined
let menu: readonly MenuItem[] = []

class App extends EventEmitter {
  requestSingleInstanceLock(): boolean { return true }
  async whenReady(): Promise<void> { await new Promise(setImmediate) }
  getPath(): string { return userData }
  quit(): void {
    if (windows.size > 0) {
      for (const window of windows) window.close()
      return
    }
    this.emit('will-quit')
    this.exit(0)
  }
  exit(code: number): void { void (chromiumContext?.then((context) => context.close()) ?? Promise.resolve()).finally(() => process.exit(code)) }
}
export const app = new App()

async function openChromium({ width, height }: WindowOptions): Promise<BrowserContext> {
  const profile = join(userData, 'chromium')
  const context = await chromium.launchPersistentContext(profile, {
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args: [...chromiumArguments, '--remote-debugging-port=0'], viewport: { width, height }, reducedMotion: 'reduce', colorScheme: 'dark',
  })
  const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')
  note({ type: 'chromium', endpoint: `http://127.0.0.1:${port ?? ''}` })
  return context
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly #options: WindowOptions

  constructor(options: WindowOptions) {
    super()
    this.#options = options
    windows.add(this)
    app.emit('web-contents-created', {}, this.webContents)
    note({ type: 'window', webPreferences: options.webPreferences })
  }

  async loadURL(url: string): Promise<void> {
    chromiumContext ??= openChromium(this.#options)
    const context = await chromiumContext
    const page = context.pages()[0] ?? await context.newPage()
    page.once('close', () => {
      windows.delete(this)
      this.emit('closed')
      if (windows.size === 0) app.emit('window-all-closed')
    })
    await this.webContents.load(page, url, this.#options.webPreferences.preload)
    this.emit('ready-to-show')
  }

  close(answer = 0): void { void this.webContents.close(answer) }
  show(): void { this.emit('show') }
  focus(): void { this.emit('focus') }
  isMinimized(): boolean { return false }
  restore(): void { this.emit('restore') }
}

export const dialog = {
  showMessageBoxSync(_window: BrowserWindow, { message }: { readonly message: string }): number {
    note({ type: 'message-box', message, answer: person.messageBoxAnswer })
    return person.messageBoxAnswer
  },
  showOpenDialog: async () => await Promise.resolve({ canceled: person.chosenFiles.length === 0, filePaths: person.chosenFiles }),
  showErrorBox(title: string, content: string): void { note({ type: 'error-box', title, content }) },
}

export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]) => template,
  setApplicationMenu: (template: readonly MenuItem[]): void => { menu = template },
}

const itemsOf = (items: readonly MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...itemsOf(item.submenu ?? [])])

function obey(control: Control): void {
  const [window] = windows
  if (control.type === 'open-file') app.emit('open-file', { preventDefault: () => undefined }, control.path)
  else if (control.type === 'second-instance') app.emit('second-instance', {}, control.argv, control.workingFolder)
  else if (control.type === 'close-window') window?.close(control.answer)
  else if (control.type === 'choose-menu') {
    person.chosenFiles = control.filePaths
    itemsOf(menu).find(({ label }) => label === control.label)?.click?.()
  } else if (window) askForPort(window.webContents, control.from)
}

/** As ipcMain hears the message from each. */
function askForPort(contents: WebContents, from: Asker): void {
  const { mainFrame } = contents
  if (from === 'page') ipcMain.emit('engine-port', { sender: contents, senderFrame: mainFrame })
  else if (from === 'another-window') ipcMain.emit('engine-port', { sender: new WebContents(), senderFrame: mainFrame })
  else if (from === 'inner-frame') ipcMain.emit('engine-port', { sender: contents, senderFrame: { url: mainFrame.url } })
  else contents.elsewhere('https://example.org/', () => { ipcMain.emit('engine-port', { sender: contents, senderFrame: mainFrame }) })
  note({ type: 'port-asked', from })
}

process.on('message', (control) => { obey(control as Control) })
// The test is gone: so is everything that it started.
process.on('disconnect', () => { app.exit(0) })
