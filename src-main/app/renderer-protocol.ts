/** The renderer's files under an origin of their own (`app://phosphene`), with the same policy as the browser shell. */
import { protocol } from 'electron'
import { securityHeaders } from '../serve/security.ts'
import { readStaticFiles } from '../serve/static-files.ts'

export const rendererOrigin = 'app://phosphene'

/** Before the application is ready: an origin that may use storage and fetch like any other. */
export function registerRendererScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

export async function registerRendererProtocol(folder: string): Promise<void> {
  const files = await readStaticFiles(folder)
  protocol.handle('app', (request) => {
    const url = new URL(request.url)
    const file = url.host === 'phosphene' ? files.get(url.pathname) : undefined
    if (!file) return new Response('Not found.', { status: 404, headers: securityHeaders })
    return new Response(new Uint8Array(file.body), { headers: { ...securityHeaders, 'Content-Type': file.contentType } })
  })
}
