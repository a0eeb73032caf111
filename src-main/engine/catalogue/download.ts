/**
 * One file over HTTP: resumed where an earlier try ended, checked by its SHA-256, and only then given its name. The digest makes
 * validators (ETag, If-Range) unnecessary: a resumed file that does not add up is fetched once more from its beginning.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '#contract/errors.ts'

export interface DownloadProgress {
  readonly receivedBytes: number
  readonly totalBytes: number
}

export interface DownloadRequest {
  /** How messages call it. */
  readonly title: string
  /** Tried in order. */
  readonly urls: readonly string[]
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DownloadProgress) => void
  /** Without a byte for that long the connection counts as cut. */
  readonly stallMs?: number
  /** Waited before a cut connection is taken up again; doubles each time. */
  readonly retryMs?: number
}

const cutRetries = 3

/**
 * Throws 'download-failed' (offline, refused, cut off: what came is kept), 'download-corrupt' (wrong content: removed),
 * 'file-unwritable' and 'cancelled' (what came is kept). Nothing is ever left half-written at `path`.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const part = `${request.path}.part`
  const resumed = (await sizeOf(part)) > 0
  await fetchWhole(request, part)
  const digest = await sha256Of(part)
  if (digest !== request.sha256 && resumed) {
    await rm(part, { force: true })
    await fetchWhole(request, part)
  }
  const found = digest !== request.sha256 && resumed ? await sha256Of(part) : digest
  if (found !== request.sha256) {
    await rm(part, { force: true })
    throw new AppError('download-corrupt', `${request.title} arrived damaged or changed: its SHA-256 is ${found.slice(0, 12)}… where ${request.sha256.slice(0, 12)}… was expected. The file was removed; try again later.`)
  }
  await rename(part, request.path)
}

/** Fills `part` to its full size, taking cut connections up again and trying every address. */
async function fetchWhole(request: DownloadRequest, part: string): Promise<void> {
  let failure: AppError | undefined
  for (const url of request.urls) {
    for (let cut = 0; cut <= cutRetries; cut++) {
      if (cut > 0) await pause((request.retryMs ?? 1000) * 2 ** (cut - 1), request.signal)
      const before = await sizeOf(part)
      if (before === request.bytes) return
      if (before > request.bytes) await rm(part, { force: true })
      try {
        await fetchRest(request, url, part)
        return
      } catch (error) {
        if (request.signal?.aborted) throw cancelled(request)
        if (!(error instanceof CutOff)) {
          if (error instanceof AppError && error.code !== 'download-failed') throw error
          failure = error instanceof AppError ? error : new AppError('download-failed', `${request.title} cannot be downloaded: ${reasonOf(error)}. Check the connection and try again.`, { cause: error })
          break
        }
        failure = new AppError('download-failed', `${request.title}: the connection was cut after ${megabytes(await sizeOf(part))} of ${megabytes(request.bytes)} MB (${error.message}). Try again to go on from there.`, { cause: error })
      }
    }
  }
  throw failure ?? new AppError('download-failed', `${request.title} has no address to be downloaded from.`)
}

/** The connection worked and then ended early: worth another try. */
class CutOff extends Error {}

async function fetchRest(request: DownloadRequest, url: string, part: string): Promise<void> {
  const have = await sizeOf(part)
  const stall = new AbortController()
  const signal = request.signal ? AbortSignal.any([request.signal, stall.signal]) : stall.signal
  const watch = setTimeout(() => stall.abort(new CutOff('no data came any more')), request.stallMs ?? 30_000)
  try {
    const response = await fetch(url, { signal, redirect: 'follow', headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) } })
    const start = await startOf(response, request, part, have)
    if (!response.body) throw new CutOff('the answer was empty')
    await append(request, part, start, response.body, watch)
  } finally {
    clearTimeout(watch)
    stall.abort()
  }
}

/** Where in the file the answer's body begins; anything but the file or the rest of it is an error. */
async function startOf(response: Response, request: DownloadRequest, part: string, have: number): Promise<number> {
  const host = new URL(response.url).host
  if (response.status === 416) {
    await rm(part, { force: true })
    throw new CutOff('the server refused to go on; beginning again')
  }
  if (!response.ok) {
    await response.body?.cancel()
    const meaning = response.status === 404 || response.status === 410 ? 'the file is no longer there' : response.status === 401 || response.status === 403 ? 'the server refuses access' : 'the server failed'
    throw new AppError('download-failed', `${request.title} cannot be downloaded: ${host} answered ${response.status}, ${meaning}.`)
  }
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    await response.body?.cancel()
    throw new AppError('download-failed', `${request.title} cannot be downloaded: ${host} sent a web page instead of the file. It may ask for a login, or the network for one.`)
  }
  const start = response.status === 206 ? Number(/bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? have) : 0
  const length = response.headers.get('content-length')
  if (start > have || (length !== null && start + Number(length) !== request.bytes)) {
    await response.body?.cancel()
    throw new AppError('download-failed', `${request.title} cannot be downloaded: ${host} offers ${start + Number(length)} bytes where the file has ${request.bytes}. It may ask for a login, or the file was replaced.`)
  }
  return start
}

async function append(request: DownloadRequest, part: string, start: number, body: ReadableStream<Uint8Array>, watch: NodeJS.Timeout): Promise<void> {
  const handle = await openPart(part)
  let received = start
  try {
    await handle.truncate(start)
    for await (const chunk of body) {
      watch.refresh()
      if (received + chunk.length > request.bytes) throw new CutOff('the server sent more than the file has')
      await handle.write(chunk, 0, chunk.length, received)
      received += chunk.length
      request.onProgress?.({ receivedBytes: received, totalBytes: request.bytes })
    }
  } catch (error) {
    throw isFileError(error) ? unwritable(request, error) : new CutOff(reasonOf(error))
  } finally {
    await handle.close()
  }
  if (received < request.bytes) throw new CutOff('the server ended the transfer')
}

async function openPart(part: string) {
  try {
    return await open(part, 'r+')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unwritable({ title: part }, error)
    return await open(part, 'w+').catch((failure: unknown) => { throw unwritable({ title: part }, failure) })
  }
}

const fileErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full', EDQUOT: 'the disk quota is used up', EACCES: 'there is no permission to write', EPERM: 'there is no permission to write',
  EROFS: 'the file system is read-only', EFBIG: 'the file system takes no file of that size', EIO: 'the disk failed', ENOENT: 'its folder is gone', EISDIR: 'a folder is in its place',
}
const isFileError = (error: unknown): boolean => errorCode(error) in fileErrors

function unwritable({ title }: Pick<DownloadRequest, 'title'>, error: unknown): AppError {
  return new AppError('file-unwritable', `${title} cannot be saved: ${fileErrors[errorCode(error)] ?? reasonOf(error)}. What came so far is kept.`, { cause: error })
}

const errorCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** undici hides what happened in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] as unknown : error.cause
  const code = errorCode(cause)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the address cannot be found (offline?)'
  if (code === 'ECONNREFUSED') return 'the connection was refused'
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'the server does not answer'
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}

const cancelled = ({ title }: DownloadRequest): AppError => new AppError('cancelled', `The download of ${title} was cancelled; what came so far is kept.`)
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs)
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve() }, { once: true })
  })
}
