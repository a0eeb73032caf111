/** Files that are complete or absent. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'

const causes: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'there is a folder of that name',
  EEXIST: 'a file of that name is in the way',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the path is too long for this file system',
}

/** Why a file could not be written, in words. */
export function unwritable(path: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new AppError('file-unwritable', `${path} cannot be written: ${causes[code] ?? (error as Error).message}.`, { data: { path }, cause: error })
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file', ENOTDIR: 'a part of the path is not a folder', EISDIR: 'it is a folder',
  EACCES: 'you have no permission to read it', EPERM: 'you have no permission to read it',
}

/** Why a file could not be read, in words; `what` names it: "The mask sky.png". */
export function unreadable(what: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new AppError(code === 'ENOENT' ? 'file-missing' : 'file-unreadable', `${what} cannot be read: ${refusals[code] ?? (error as Error).message}.`, { cause: error })
}

/** Whether it is the file system that refused to write, and not a mistake of ours. */
export const isUnwritable = (error: unknown): error is NodeJS.ErrnoException & { readonly path: string } =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' && 'code' in error && error.code !== 'ENOENT' && String(error.code) in causes

/**
 * Writes the chunks one after the other to a file beside `path`, then puts it in place of `path` in one step. `durable`: the data is on the
 * disk before that step, so that a power cut leaves the old file or the new one.
 */
export async function writeFileAtomically(path: string, chunks: readonly Uint8Array[], { durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
  const draft = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    const handle = await open(draft, 'wx')
    try {
      for (const chunk of chunks) await handle.writeFile(chunk)
      if (durable) await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw unwritable(path, error)
  }
}
