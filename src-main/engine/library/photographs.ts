/** The pictures of a folder, by their content. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { KnownFiles } from './known-files.ts'

const pictureFile = /\.(?:png|jpe?g|webp|gif|tiff?|avif|bmp|svg)$/i
/** Of one run. Recipes name them all, and where they lie is remembered for a few hundred files. */
const mostPictures = 200

/** The picture, or those in the folder, by name. Throws 'file-missing'. */
export async function picturesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => { throw new AppError('file-missing', `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }) })
  if (!found.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => pictureFile.test(name)).sort()
  if (names.length === 0) throw new AppError('file-missing', `The folder ${path} holds no pictures.`)
  return names.map((name) => join(path, name))
}

export async function photographsIn(path: string, known: KnownFiles): Promise<{ pictures: FileReference[]; left: number }> {
  const paths = await picturesAt(path)
  const pictures: FileReference[] = []
  for (const each of paths.slice(0, mostPictures)) {
    const sha256 = createHash('sha256').update(await readFile(each)).digest('hex')
    await known.note(sha256, { kind: 'path', path: resolve(each) })
    pictures.push({ sha256, name: basename(each) })
  }
  return { pictures, left: Math.max(0, paths.length - mostPictures) }
}
