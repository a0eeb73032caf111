import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { download } from '#engine/catalogue/download.ts'
import type { DownloadRequest } from '#engine/catalogue/download.ts'

const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3)
const sha256 = createHash('sha256').update(content).digest('hex')

let folder: string
let server: Server
let answer: (request: IncomingMessage, response: ServerResponse) => void
let requests: { range: string | undefined }[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phosphene-download-'))
  requests = []
  answer = serveRanges
  server = createServer((request, response) => {
    requests.push({ range: request.headers.range })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

function serveRanges(request: IncomingMessage, response: ServerResponse): void {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? -1)
  if (start < 0) response.writeHead(200, { 'content-length': content.length }).end(content)
  else response.writeHead(206, { 'content-length': content.length - start, 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }).end(content.subarray(start))
}

const path = (): string => join(folder, 'net.onnx')
const arrived = (): boolean => readFileSync(path()).equals(content)
const part = (): string => `${path()}.part`
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/net.onnx`
const request = (changes: Partial<DownloadRequest> = {}): DownloadRequest => ({ title: 'Net', urls: [url()], path: path(), bytes: content.length, sha256, retryMs: 1, ...changes })

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(() => undefined, (caught: unknown) => caught)
  expect(error).toBeInstanceOf(AppError)
  return error as AppError
}

describe('downloading', () => {
  it('gives the file its name when all of it has come and its digest is right', async () => {
    const seen: number[] = []
    await download(request({ onProgress: ({ receivedBytes }) => { seen.push(receivedBytes); expect(existsSync(path())).toBe(false) } }))
    expect(arrived()).toBe(true)
    expect(existsSync(part())).toBe(false)
    expect(seen.at(-1)).toBe(content.length)
  })

  it('resumes a partial file', async () => {
    writeFileSync(part(), content.subarray(0, 123_456))
    await download(request())
    expect(requests).toEqual([{ range: 'bytes=123456-' }])
    expect(arrived()).toBe(true)
  })

  it('begins again where the server ignores ranges', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': content.length }).end(content)
    writeFileSync(part(), content.subarray(0, 1000))
    await download(request())
    expect(arrived()).toBe(true)
  })

  it('begins again where the partial file was something else, or too long, or refused', async () => {
    for (const stale of [new Uint8Array(5000).fill(7), new Uint8Array(content.length).fill(7), new Uint8Array(content.length + 10)]) {
      writeFileSync(part(), stale)
      await download(request())
      expect(arrived()).toBe(true)
      rmSync(path())
    }
    answer = (incoming, response) => (incoming.headers.range === undefined ? serveRanges(incoming, response) : response.writeHead(416).end())
    writeFileSync(part(), content.subarray(0, 100))
    await download(request())
    expect(arrived()).toBe(true)
  })

  it('takes a complete partial file without asking the server', async () => {
    writeFileSync(part(), content)
    await download(request())
    expect(requests).toEqual([])
    expect(existsSync(path())).toBe(true)
  })

  it('takes up a connection that is cut, from where it was cut', async () => {
    answer = (incoming, response) => {
      if (requests.length > 1) return serveRanges(incoming, response)
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 30))
    }
    await download(request())
    expect(requests.length).toBe(2)
    expect(requests[1]!.range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(arrived()).toBe(true)
  })

  it('says so, and keeps what came, when the connection is cut again and again', async () => {
    answer = (incoming, response) => {
      const start = Number(/bytes=(\d+)-/.exec(incoming.headers.range ?? '')?.[1] ?? 0)
      response.writeHead(start ? 206 : 200, { 'content-length': content.length - start, ...(start ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}) })
      response.write(content.subarray(start, start + 20_000), () => setTimeout(() => response.destroy(), 30))
    }
    const error = await failureOf(download(request()))
    expect(error.code).toBe('download-failed')
    expect(error.message).toMatch(/^Net: the connection was cut after 0\.\d of 0\.3 MB \(.+\)\. Try again to go on from there\.$/)
    expect(existsSync(path())).toBe(false)
    expect(readFileSync(part()).length).toBeGreaterThan(0)
    answer = serveRanges
    await download(request())
    expect(arrived()).toBe(true)
  })

  it('counts a silent connection as cut', async () => {
    answer = (incoming, response) => {
      if (requests.length > 1) return serveRanges(incoming, response)
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 1000))
    }
    await download(request({ stallMs: 100 }))
    expect(arrived()).toBe(true)
  })

  it.each([
    [404, 'download-failed', /answered 404, the file is no longer there/],
    [403, 'download-failed', /answered 403, the server refuses access/],
    [500, 'download-failed', /answered 500, the server failed/],
  ])('reports status %i', async (status, code, says) => {
    answer = (_, response) => response.writeHead(status).end('no')
    const error = await failureOf(download(request()))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(says)
    expect(existsSync(path()) || existsSync(part())).toBe(false)
  })

  it('refuses a file of another size before saving it, and removes one of other content', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>please log in</html>')
    expect((await failureOf(download(request()))).message).toMatch(/sent a web page instead of the file/)
    answer = (_, response) => response.writeHead(200, { 'content-length': 26 }).end(content.subarray(0, 26))
    expect((await failureOf(download(request()))).message).toMatch(/offers 26 bytes where the file has 300000/)
    expect(existsSync(part())).toBe(false)
    answer = serveRanges
    const corrupt = await failureOf(download(request({ sha256: 'f'.repeat(64) })))
    expect(corrupt.code).toBe('download-corrupt')
    expect(corrupt.message).toMatch(/SHA-256 is [0-9a-f]{12}… where ffffffffffff… was expected/)
    expect(existsSync(path()) || existsSync(part())).toBe(false)
  })

  it('says so when offline, and tries every address', async () => {
    const closed = await failureOf(download(request({ urls: ['http://127.0.0.1:9/net.onnx'] })))
    expect(closed.code).toBe('download-failed')
    expect(closed.message).toMatch(/^Net cannot be downloaded: .+\. Check the connection and try again\.$/)
    await download(request({ urls: ['http://127.0.0.1:9/net.onnx', url()] }))
    expect(existsSync(path())).toBe(true)
  })

  it('keeps what came when it is cancelled', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 50_000))
    }
    const controller = new AbortController()
    const error = await failureOf(download(request({ signal: controller.signal, onProgress: () => controller.abort() })))
    expect(error.code).toBe('cancelled')
    expect(existsSync(path())).toBe(false)
    expect(readFileSync(part()).length).toBeGreaterThan(0)
  })

  it('says so when the file cannot be saved', async () => {
    const missing = await failureOf(download(request({ path: join(folder, 'gone', 'net.onnx') })))
    expect(missing.code).toBe('file-unwritable')
    expect(missing.message).toMatch(/its folder is gone/)
    mkdirSync(part())
    const blocked = await failureOf(download(request()))
    expect(blocked.code).toBe('file-unwritable')
  })
})
