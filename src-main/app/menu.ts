import type { MenuItemConstructorOptions } from 'electron'

/** The platform's usual menu, with Open. Everything else lives in the page, where both shells have it. */
export function menuTemplate(actions: { readonly open: () => void }): MenuItemConstructorOptions[] {
  const mac = process.platform === 'darwin'
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [{ label: 'Open model or picture…', accelerator: 'CmdOrCtrl+O', click: actions.open }, { type: 'separator' }, mac ? { role: 'close' } : { role: 'quit' }],
    },
    { role: 'editMenu' },
    { label: '&View', submenu: [{ role: 'reload' }, { role: 'togglefullscreen' }, { type: 'separator' }, { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'toggleDevTools' }] },
    { role: 'windowMenu' },
  ]
}
