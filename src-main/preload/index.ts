/**
 * Hands the page its MessagePort to the engine, the path of a file the user dropped, and the files the system asks to open.
 * The port itself goes by window.postMessage: the context bridge cannot carry one.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

const toPage = (type: string, detail: unknown, ports: MessagePort[] = []): void => {
  window.postMessage({ source: 'phosphene-preload', type, detail }, window.location.origin, ports)
}

ipcRenderer.on('engine-port', (event) => { toPage('engine-port', null, [...event.ports]) })
ipcRenderer.on('engine-lost', () => { toPage('engine-lost', null) })
ipcRenderer.on('open-file', (_event, path: string) => { toPage('open-file', path) })

contextBridge.exposeInMainWorld('phosphene', {
  requestPort: () => { ipcRenderer.send('engine-port') },
  pathOf: (file: File) => webUtils.getPathForFile(file),
})
