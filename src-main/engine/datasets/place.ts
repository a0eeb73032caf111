/** A file or folder that data may be read from, looked at once for all formats. */
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'

export interface Place {
  readonly path: string
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** Of a file. */
  readonly head: Uint8Array
  /** Of a folder: what lies in it, sorted by name; hidden files and what starts with '__' are left out. */
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

const headBytes = 65536

/** Throws AppError 'file-missing' or 'file-unreadable'. */
export async function lookAt(path: string): Promise<Place> {
  try {
    if (!(await stat(path)).isDirectory()) return { path, name: basename(path), kind: 'file', head: await headOf(path), files: [], folders: [] }
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !/^(\.|__)/.test(name)).sort((a, b) => compareNames(a.name, b.name))
    // A link counts as what it points to.
    const kinds = await Promise.all(entries.map(async (entry) => (entry.isSymbolicLink() ? (await stat(join(path, entry.name))).isDirectory() : entry.isDirectory())))
    const named = (folder: boolean): string[] => entries.filter((_, index) => kinds[index] === folder).map(({ name }) => name)
    return { path, name: basename(path), kind: 'folder', head: new Uint8Array(), files: named(false), folders: named(true) }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** picture2 before picture10, the same on every machine. */
const collator = new Intl.Collator('en', { numeric: true })
export const compareNames = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder; was it moved or removed?', ENOTDIR: 'There is no such file: a part of the path is not a folder.',
  EACCES: 'It may not be read by this user.', EPERM: 'It may not be read by this user.', EISDIR: 'It is a folder.', EIO: 'The disk reported an error.',
}

export function unreadable(path: string, error: unknown): Error {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === '') return error instanceof Error ? error : new Error(String(error))
  return new AppError(code === 'ENOENT' || code === 'ENOTDIR' ? 'file-missing' : 'file-unreadable', `${path} cannot be read: ${reasons[code] ?? (error as Error).message}`, { cause: error })
}
