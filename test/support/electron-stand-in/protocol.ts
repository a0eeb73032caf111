/** Schemes of the application's own. Chromium knows none of them: `app://phosphene/…` is shown as https under a name that does not exist. */
type Handler = (request: Request) => Response | Promise<Response>

const handlers = new Map<string, Handler>()
const ownHost = /^https:\/\/([^/]+)\.([a-z]+)-scheme\.invalid/

export const webUrl = (url: string): string => url.replace(/^([a-z]+):\/\/([^/]+)/, 'https://$2.$1-scheme.invalid')
export const shownUrl = (url: string): string => url.replace(ownHost, '$2://$1')

export const protocol = {
  registerSchemesAsPrivileged: (): void => undefined,
  handle: (scheme: string, handler: Handler): void => { handlers.set(scheme, handler) },
}

/** What lies elsewhere is answered with a page that tells so: a test never leaves the machine. */
export async function answerRequest(url: string): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
  const handler = handlers.get(ownHost.exec(url)?.[2] ?? '')
  // A Request of an unknown scheme cannot be made here with its own address, so the address is set upon it.
  const request = Object.defineProperty(new Request(url), 'url', { value: shownUrl(url) })
  const response = handler ? await handler(request) : new Response('<title>elsewhere</title>', { headers: { 'Content-Type': 'text/html' } })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) }
}
