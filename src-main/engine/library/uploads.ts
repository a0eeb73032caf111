/** Files sent by a page that shares no disk with the engine: kept in the data folder under their id, so that a restarted engine finds them. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'

export interface Uploads {
  begin(name: string, size: number): Promise<string>
  /** Returns the bytes received so far. */
  append(id: string, data: Uint8Array): Promise<number>
  /** Checks that all of it has come. */
  finish(id: string): Promise<void>
  /** Throws 'file-missing' for an upload that is unknown, unfinished or cleaned away. */
  pathOf(id: string): Promise<string>
  /** Removes uploads that were last used longer ago than that. */
  clean(olderThanMs: number): Promise<number>
}

export const largestUploadBytes = 8e9
const slowestUploadMs = 24 * 3600e3

interface Running { readonly path: string; readonly size: number; received: number; queue: Promise<unknown> }

export function openUploads(folder: string): Uploads {
  const running = new Map<string, Running>()
  const folderOf = (id: string): string => join(folder, id)

  function find(id: string): Running {
    const upload = running.get(id)
    if (!upload) throw new AppError('not-found', 'This upload is not known: it was finished, given up, or begun before the engine restarted. Send the file again.')
    return upload
  }

  return {
    async begin(name, size) {
      if (size > largestUploadBytes) throw new AppError('file-unreadable', `${name} is too large to be sent: ${(size / 1e9).toFixed(1)} GB, at most ${largestUploadBytes / 1e9} GB are taken.`)
      const id = randomUUID()
      const path = join(folderOf(id), `${safeName(name)}.part`)
      try {
        await mkdir(folderOf(id), { recursive: true })
        await (await open(path, 'wx')).close()
      } catch (error) {
        throw cannotKeep(error)
      }
      running.set(id, { path, size, received: 0, queue: Promise.resolve() })
      return id
    },

    async append(id, data) {
      const upload = find(id)
      if (upload.received + data.length > upload.size) throw new AppError('file-unreadable', `More arrived than was announced: ${upload.received + data.length} of ${upload.size} bytes.`)
      const at = upload.received
      upload.received += data.length
      // Slices of one file are written in the order in which they came, whoever awaits them.
      upload.queue = upload.queue.then(() => writeAt(upload.path, data, at))
      await upload.queue
      return upload.received
    },

    async finish(id) {
      const upload = find(id)
      await upload.queue
      if (upload.received !== upload.size) throw new AppError('file-unreadable', `The upload is not complete: ${upload.received} of ${upload.size} bytes came.`)
      running.delete(id)
      await rename(upload.path, upload.path.replace(/\.part$/, ''))
    },

    async pathOf(id) {
      const missing = (): AppError => new AppError('file-missing', 'This upload is no longer there. Send the file again.')
      // An id is also a folder's name: nothing else may be.
      if (!/^[0-9a-f-]{36}$/.test(id)) throw missing()
      const [file] = await readdir(folderOf(id)).catch(() => [])
      if (file === undefined || file.endsWith('.part')) throw missing()
      return join(folderOf(id), file)
    },

    async clean(olderThanMs) {
      let freed = 0
      for (const id of await readdir(folder).catch(() => [])) {
        const [file] = await readdir(folderOf(id)).catch(() => [])
        const info = file === undefined ? undefined : await stat(join(folderOf(id), file)).catch(() => undefined)
        const age = Date.now() - (info?.mtimeMs ?? 0)
        if (running.has(id) ? age < slowestUploadMs : age < olderThanMs) continue
        freed += info?.size ?? 0
        running.delete(id)
        await rm(folderOf(id), { recursive: true, force: true })
      }
      return freed
    },
  }
}

async function writeAt(path: string, data: Uint8Array, position: number): Promise<void> {
  try {
    const handle = await open(path, 'r+')
    try {
      await handle.write(data, 0, data.length, position)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw cannotKeep(error)
  }
}

function cannotKeep(error: unknown): AppError {
  const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
  return new AppError('file-unwritable', `The upload cannot be kept: ${full ? 'the disk is full' : (error as Error).message}.`, { cause: error })
}

/** A file name and nothing else; its ending is kept, its length bounded. */
function safeName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/')).replace(/[^\p{L}\p{N} ._()+-]/gu, '_').replace(/^\.+/, '')
  return (plain.length > 120 ? plain.slice(-120) : plain) || 'file'
}
