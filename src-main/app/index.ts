/** The desktop shell: one window on the renderer, one engine process, and nothing else. Everything of substance is in the engine. */
import { app, dialog, Menu } from 'electron'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { superviseEngine } from '#rpc/supervisor.ts'
import { forkUtilityEngine } from './engine-utility.ts'
import { menuTemplate } from './menu.ts'
import { registerRendererProtocol, registerRendererScheme } from './renderer-protocol.ts'
import { createWindow } from './window.ts'
import type { ShellWindow } from './window.ts'

const buildFolder = import.meta.dirname
const packageFolder = join(buildFolder, '..', '..')

/** Models and pictures among a command line's arguments. */
const filesOf = (argv: readonly string[]): string[] => argv.slice(1).filter((argument) => /\.(onnx|png|jpe?g|webp|gif|tiff?|avif|bmp)$/i.test(argument))

registerRendererScheme()
if (!app.requestSingleInstanceLock()) app.quit()
else void start()

async function start(): Promise<void> {
  const shown: { window?: ShellWindow } = {}
  const waiting = filesOf(process.argv)
  const openFile = (path: string): void => { if (shown.window) shown.window.openFile(path); else waiting.push(path) }
  app.on('open-file', (event, path) => { event.preventDefault(); openFile(path) })
  app.on('second-instance', (_event, argv) => { shown.window?.focus(); filesOf(argv).forEach(openFile) })
  app.on('window-all-closed', () => { app.quit() })
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-attach-webview', (event) => { event.preventDefault() })
  })

  await app.whenReady()
  const dataFolder = app.getPath('userData')
  await mkdir(dataFolder, { recursive: true })
  await registerRendererProtocol(join(packageFolder, 'out', 'renderer'))

  const utility = forkUtilityEngine(join(buildFolder, 'engine.js'), { PHOSPHENE_DATA: dataFolder, PHOSPHENE_RESOURCES: join(packageFolder, 'resources') })
  const engine = superviseEngine(utility.start)
  app.on('will-quit', () => { engine.stop() })

  const window = createWindow({ preload: join(packageFolder, 'out', 'preload', 'index.cjs'), connectPort: async (port) => { await utility.hand(port) } })
  shown.window = window
  engine.onLost(() => { window.reconnect() })
  waiting.splice(0).forEach(openFile)
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({
    open: () => {
      void dialog.showOpenDialog({ properties: ['openFile', 'multiSelections'], filters: [{ name: 'Models and pictures', extensions: ['onnx', 'png', 'jpg', 'jpeg', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp'] }] })
        .then(({ filePaths }) => { filePaths.forEach(openFile) })
    },
  })))
}
