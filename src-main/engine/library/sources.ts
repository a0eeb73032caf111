/** Where a file that the user named lies on this machine's disk. */
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { FileSource } from '#contract/wire.ts'
import { AppError } from '#contract/errors.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Samples } from './samples.ts'
import type { Uploads } from './uploads.ts'

export interface LocatedFile {
  readonly path: string
  /** How messages and titles call it. */
  readonly name: string
  readonly bytes: number
  /** The user's own file: results may be saved beside it. */
  readonly own: boolean
}

export interface Sources {
  /** Throws 'file-missing', 'file-unreadable' or 'not-found'. */
  locate(source: FileSource): Promise<LocatedFile>
}

export function openSources({ uploads, samples, catalogue }: { readonly uploads: Uploads; readonly samples: Samples; readonly catalogue: Catalogue }): Sources {
  const pathOf = (source: FileSource): Promise<string> | string => {
    switch (source.kind) {
      case 'path': return source.path
      case 'upload': return uploads.pathOf(source.id)
      case 'sample': return samples.pathOf(source.id)
      case 'catalogue': return catalogue.pathOf(source.name)
    }
  }
  return {
    async locate(source) {
      const path = await pathOf(source)
      const name = basename(path)
      const info = await stat(path).catch((cause: unknown) => { throw unreadable(path, cause) })
      if (info.isDirectory()) throw new AppError('file-unreadable', `${path} is a folder, not a file.`)
      if (!info.isFile()) throw new AppError('file-unreadable', `${path} is not a regular file.`)
      return { path, name, bytes: info.size, own: source.kind === 'path' }
    },
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file', ENOTDIR: 'a part of the path is not a folder', EACCES: 'you have no permission to read it', EPERM: 'you have no permission to read it',
  ENAMETOOLONG: 'the path is too long for this file system', ELOOP: 'its links lead in a circle', ERR_INVALID_ARG_VALUE: 'the path holds a zero character',
}

export function unreadable(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const shown = path.length > 200 ? `…${path.slice(-200)}` : path
  return new AppError(code === 'ENOENT' || code === 'ENOTDIR' ? 'file-missing' : 'file-unreadable', `${shown.replaceAll('\0', '\\0')} cannot be opened: ${reasons[code] ?? (cause as Error).message}.`, { cause })
}

/** Sources that are the same file have the same key. */
export const sourceKey = (source: FileSource): string =>
  `${source.kind}:${source.kind === 'path' ? source.path : source.kind === 'catalogue' ? source.name : source.id}`
