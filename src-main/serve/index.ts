/**
 * The browser shell: a loopback server that shows the same renderer over the same engine. It needs its token once (then a
 * cookie), answers only to its own name and origin, and serves nothing but its own files.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { AppError } from '#contract/errors.ts'
import type { EngineSupervisor } from '#rpc/supervisor.ts'
import { cookieName, createGate, refusalOf, securityHeaders } from './security.ts'
import { readStaticFiles } from './static-files.ts'

export interface ServeOptions {
  readonly rendererFolder: string
  readonly engine: EngineSupervisor
  /** 0 picks a free one. */
  readonly port: number
  /** An address of this machine; loopback unless the user says otherwise. */
  readonly host: string
}

export interface RunningServer {
  /** With the token: opens once. */
  readonly url: string
  readonly port: number
  readonly close: () => Promise<void>
}

/** Larger messages are refused: uploads come in slices of a few megabytes. */
const longestMessageBytes = 64 * 1024 * 1024

/** @throws AppError 'usage' when the address cannot be listened on. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const gate = createGate()
  const files = await readStaticFiles(options.rendererFolder)
  const hosts = new Set<string>()

  const server = createServer((request, response) => { answer(request, response) })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes, perMessageDeflate: false })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const end = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(body)
    }
    const refusal = refusalOf(request, hosts, { originRequired: false })
    if (refusal) return end(403, `${refusal}\n`)
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, 'Only GET is answered here.\n', { Allow: 'GET, HEAD' })
    const url = new URL(request.url ?? '/', 'http://localhost')
    const token = url.searchParams.get('token')
    if (token !== null) {
      const session = gate.redeem(token)
      if (session) return end(303, '', { Location: '/', 'Set-Cookie': `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/` })
      if (gate.hasSession(request)) return end(303, '', { Location: '/' })
      return end(403, 'This address was used already, or its token is wrong. Start phosphene again for a fresh one.\n')
    }
    if (!gate.hasSession(request)) return end(403, 'Open the address that phosphene printed: it holds the key to this page.\n')
    const file = files.get(url.pathname)
    if (!file) return end(404, 'Not found.\n')
    response.writeHead(200, { ...securityHeaders, 'Content-Type': file.contentType, 'Content-Length': file.body.byteLength }).end(request.method === 'HEAD' ? undefined : file.body)
  }

  server.on('upgrade', (request, socket, head) => {
    const refused = refusalOf(request, hosts, { originRequired: true }) ?? (gate.hasSession(request) ? undefined : 'No session.')
    if (refused !== undefined || new URL(request.url ?? '/', 'http://localhost').pathname !== '/rpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => { void relay(webSocket, options.engine) })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => { reject(listenError(error, options)) })
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  for (const name of hostNames(options.host)) hosts.add(`${name}:${port}`)

  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/?token=${gate.token}`,
    port,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Carries one page's messages to the engine and back; closes when either side is gone. */
async function relay(webSocket: WebSocket, engine: EngineSupervisor): Promise<void> {
  // What the page says before the engine answers must not be lost.
  webSocket.pause()
  const connection = await engine.connect()
  webSocket.on('message', (data: Buffer, isBinary) => { connection.port.postMessage(isBinary ? new Uint8Array(data) : data.toString('utf8')) })
  webSocket.on('close', connection.close)
  webSocket.on('error', connection.close)
  connection.port.onMessage.addListener((message) => { webSocket.send(message) })
  connection.port.onDisconnect.addListener(() => { webSocket.close(1012, 'engine lost') })
  if (webSocket.readyState !== webSocket.OPEN) connection.close()
  webSocket.resume()
}

function hostNames(host: string): string[] {
  const loopback = ['127.0.0.1', 'localhost', '[::1]']
  return loopback.includes(host) || host === '::1' ? loopback : [...loopback, host.includes(':') ? `[${host}]` : host]
}

function listenError(error: NodeJS.ErrnoException, { host, port }: ServeOptions): AppError {
  if (error.code === 'EADDRINUSE') return new AppError('usage', `Port ${port} on ${host} is taken. Choose another with --port, or leave it out for a free one.`, { cause: error })
  if (error.code === 'EACCES') return new AppError('usage', `Port ${port} may not be used without more rights. Choose one above 1023 with --port.`, { cause: error })
  return new AppError('usage', `Cannot listen on ${host}:${port} (${error.code ?? error.message}). Choose another --host or --port.`, { cause: error })
}
