/** Who may talk to the loopback server: the holder of its token, from its own pages, by its own name. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export const cookieName = 'phosphene-session'

/** Nothing but the application's own files; pictures from memory; the engine's WebSocket on the same origin. */
export const contentSecurityPolicy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' blob: data:", "font-src 'self' data:",
  "connect-src 'self'", "media-src 'self' blob:", "worker-src 'self' blob:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

export interface Gate {
  /** Goes into the address once; opening it trades the token for a cookie. */
  readonly token: string
  /** Trades the token for the cookie's value; undefined when it is wrong or was used. */
  readonly redeem: (token: string) => string | undefined
  /** A token for another browser window of the same person (opened by the command line again). */
  readonly hasSession: (request: Pick<IncomingMessage, 'headers'>) => boolean
}

export function createGate(): Gate {
  const token = randomBytes(24).toString('base64url')
  const session = randomBytes(24).toString('base64url')
  let used = false
  return {
    token,
    redeem(offered) {
      if (used || !equalSecrets(offered, token)) return undefined
      used = true
      return session
    },
    hasSession: (request) => equalSecrets(cookieOf(request.headers.cookie) ?? '', session),
  }
}

/** In constant time, and of any lengths. */
function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function cookieOf(header: string | undefined): string | undefined {
  return header?.split(';').map((part) => part.trim().split('=')).find(([name]) => name === cookieName)?.[1]
}

/**
 * Refuses requests that a foreign page could make a browser send: another Host (DNS rebinding), another Origin.
 * Returns the reason, or undefined when the request is from our own pages.
 */
export function refusalOf(request: Pick<IncomingMessage, 'headers'>, hosts: ReadonlySet<string>, options: { originRequired: boolean }): string | undefined {
  const { host, origin } = request.headers
  if (!host || !hosts.has(host.toLowerCase())) return `Host '${host ?? ''}' is not this server's name.`
  if (origin === undefined) return options.originRequired ? 'An Origin is required.' : undefined
  if (origin === 'null' || !hosts.has(origin.replace(/^https?:\/\//, '').toLowerCase())) return `Origin '${origin}' is not this server's.`
  return undefined
}
