import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createPort } from '#rpc/port.ts'
import { startServer } from '../../src-main/serve/index.ts'
import type { RunningServer } from '../../src-main/serve/index.ts'

let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phosphene-serve-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Phosphene</title>')
  await writeFile(join(tmpdir(), 'phosphene-secret.txt'), 'secret')
  server = await fresh()
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Answers every message with itself. */
function fresh(): Promise<RunningServer> {
  const connect = () => {
    const pipe = createPort((message) => { queueMicrotask(() => { pipe.deliver(message) }) })
    return Promise.resolve({ port: pipe.port, close: pipe.disconnect })
  }
  return startServer({ rendererFolder: folder, port: 0, host: '127.0.0.1', engine: { connect, onLost: () => undefined, stop: () => undefined } })
}

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; body: string }
function get(path: string, headers: Record<string, string> = {}, options: { method?: string; port?: number } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: options.port ?? server.port, path, method: options.method ?? 'GET', headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => { body += chunk.toString() })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, body }) })
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function session(of: RunningServer = server): Promise<string> {
  const { headers } = await get(new URL(of.url).pathname + new URL(of.url).search, {}, { port: of.port })
  return String(headers['set-cookie']).split(';')[0]!
}

describe('the browser shell', () => {
  let cookie: string
  beforeAll(async () => { cookie = await session() })

  it('shows nothing without its token', async () => {
    const { status, body } = await get('/')
    expect(status).toBe(403)
    expect(body).not.toContain('Phosphene</title>')
  })

  it('trades the token for a strict, script-proof cookie, once', async () => {
    const other = await fresh()
    const url = new URL(other.url)
    const first = await get(url.pathname + url.search, {}, { port: other.port })
    expect(first.status).toBe(303)
    expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
    const second = await get(url.pathname + url.search, {}, { port: other.port })
    expect(second.status).toBe(403)
    await other.close()
  })

  it('serves its page to the holder of the cookie, with a strict policy', async () => {
    const { status, headers, body } = await get('/', { cookie })
    expect(status).toBe(200)
    expect(body).toContain('Phosphene')
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'/)
  })

  it.each(['/../phosphene-secret.txt', '/..%2fphosphene-secret.txt', '/%2e%2e/phosphene-secret.txt', '/etc/passwd', '//etc/passwd', '/index.html%00.png'])('serves no other file: %s', async (path) => {
    const { status, body } = await get(path, { cookie })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain('secret')
  })

  it('refuses another Host (DNS rebinding) and a foreign Origin', async () => {
    expect((await get('/', { cookie, host: 'evil.example' })).status).toBe(403)
    expect((await get('/', { cookie, host: `evil.example:${server.port}` })).status).toBe(403)
    expect((await get('/', { cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/', { cookie, origin: 'null' })).status).toBe(403)
    expect((await get('/', { cookie, origin: `http://127.0.0.1:${server.port}` })).status).toBe(200)
  })

  it('answers GET only', async () => {
    expect((await get('/', { cookie }, { method: 'POST' })).status).toBe(405)
  })
})

function open(headers: Record<string, string>, path = '/rpc'): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
    socket.once('open', () => { resolve(socket) })
    socket.once('error', reject)
  })
}

describe('its WebSocket', () => {
  const origin = (): string => `http://127.0.0.1:${server.port}`

  it('carries text and bytes for our own page', async () => {
    server = await fresh()
    const socket = await open({ cookie: await session(), origin: origin() })
    const answers: unknown[] = []
    socket.on('message', (data: Buffer, isBinary) => answers.push(isBinary ? [...data] : data.toString()))
    socket.send('text')
    socket.send(Uint8Array.of(1, 2, 3))
    await expect.poll(() => answers).toEqual(['text', [1, 2, 3]])
    socket.close()
  })

  it.each([
    ['no cookie', () => ({ origin: origin() })],
    ['a wrong cookie', () => ({ origin: origin(), cookie: 'phosphene-session=guess' })],
    ['a foreign Origin', () => ({ origin: 'https://evil.example' })],
    ['no Origin', () => ({})],
  ])('is refused with %s', async (_case, headers) => {
    await expect(open(headers())).rejects.toThrow('403')
  })
})
