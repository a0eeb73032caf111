/** The desktop shell: one window on the renderer, one engine process, and nothing else. Everything of substance is in the engine. */
import { app, dialog, Menu } from 'electron'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { superviseEngine } from '#rpc/supervisor.ts'
import { forkUtilityEngine } from './engine-utility.ts'
import { filesOf, modelExtensions, pictureExtensions } from './files-of.ts'
import { menuTemplate } from './menu.ts'
import { registerRendererProtocol, registerRendererScheme } from './renderer-protocol.ts'
import { createWindow } from './window.ts'
import type { ShellWindow } from './window.ts'

const buildFolder = import.meta.dirname
const packageFolder = join(buildFolder, '..', '..')

registerRendererScheme()
if (!app.requestSingleInstanceLock()) app.quit()
else {
  start().catch((error: unknown) => {
    dialog.showErrorBox('Phosphene cannot start', error instanceof Error ? (error.stack ?? error.message) : String(error))
    app.exit(1)
  })
}

async function start(): Promise<void> {
  const shown: { window?: ShellWindow } = {}
  const waiting = filesOf(process.argv, process.cwd())
  const openFile = (path: string): void => { if (shown.window) shown.window.openFile(path); else waiting.push(path) }
  app.on('open-file', (event, path) => { event.preventDefault(); openFile(path) })
  app.on('second-instance', (_event, argv, workingFolder) => { shown.window?.focus(); filesOf(argv, workingFolder).forEach(openFile) })
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

  const window = createWindow({ preload: join(packageFolder, 'out', 'preload', 'index.cjs'), connectPort: utility.hand })
  shown.window = window
  engine.onLost((reason) => {
    console.error(`phosphene: the engine ${reason}; starting it again`)
    window.reconnect()
  })
  waiting.splice(0).forEach(openFile)
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({
    open: () => {
      void dialog.showOpenDialog({ properties: ['openFile', 'multiSelections'], filters: [{ name: 'Models and pictures', extensions: [...modelExtensions, ...pictureExtensions] }] })
        .then(({ filePaths }) => { filePaths.forEach(openFile) })
    },
  })))
}
