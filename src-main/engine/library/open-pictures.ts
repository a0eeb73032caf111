/** Pictures that are open, by the SHA-256 of their files; decoded again where memory let go of them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { Picture } from '#contract/models.ts'
import type { FileSource } from '#contract/wire.ts'
import { blobOf } from '../lib/blob.ts'
import { SizedCache } from '../lib/sized-cache.ts'
import { decodePicture } from '../images/decode.ts'
import { encodeThumbnail } from '../images/encode.ts'
import type { Pixels } from '../images/pixels.ts'
import { readRecipe } from '../images/recipe.ts'
import { unreadable } from './sources.ts'
import type { Sources } from './sources.ts'

export interface OpenPictures {
  open(source: FileSource): Promise<Picture>
  /** Throws 'not-found' for a handle that was never given, and what opening throws where the file is gone meanwhile. */
  pixels(picture: string): Promise<Pixels>
  name(picture: string): string
  clear(): number
}

const thumbnailSide = 256
const decodedBytes = 128 * 2 ** 20
/** A file beyond that is no photograph. */
const largestFile = 512e6

interface Known { readonly source: FileSource; readonly name: string }

export function openPictures(sources: Sources): OpenPictures {
  const known = new Map<string, Known>()
  const decoded = new SizedCache<Pixels>(decodedBytes)

  async function load(source: FileSource): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
    const { path, name, bytes } = await sources.locate(source)
    if (bytes > largestFile) throw new AppError('picture-unreadable', `${name} is too large for a picture: ${Math.round(bytes / 1e6)} MB, at most ${largestFile / 1e6} MB are read.`)
    return { name, bytes: await readFile(path).catch((cause: unknown) => { throw unreadable(path, cause) }) }
  }

  function find(picture: string): Known {
    const entry = known.get(picture)
    if (!entry) throw new AppError('not-found', 'This picture is not open any more. Open it again.')
    return entry
  }

  return {
    async open(source) {
      const { bytes, name } = await load(source)
      const picture = createHash('sha256').update(bytes).digest('hex')
      const pixels = await decodePicture(bytes, name)
      decoded.set(picture, pixels, pixels.data.length)
      const thumbnail = await encodeThumbnail(pixels, thumbnailSide)
      known.set(picture, { source, name })
      const recipe = readRecipe(bytes)
      return { picture, name, width: pixels.originalWidth, height: pixels.originalHeight, source, thumbnail: blobOf(thumbnail, 'image/png'), ...(recipe === undefined ? {} : { recipe }) }
    },
    async pixels(picture) {
      const { source } = find(picture)
      const ready = decoded.get(picture)
      if (ready) return ready
      const { bytes, name } = await load(source)
      if (createHash('sha256').update(bytes).digest('hex') !== picture) throw new AppError('not-found', `${name} has changed since it was opened. Open it again.`)
      const pixels = await decodePicture(bytes, name)
      decoded.set(picture, pixels, pixels.data.length)
      return pixels
    },
    name: (picture) => find(picture).name,
    clear: () => decoded.clear(),
  }
}
