/** Picture files to one array: those that cannot be read are left out and told of. */
import { readFile } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import { decodeFitted, pictureExtent } from '../images/decode-fitted.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { PictureInput, Skipped } from './dataset.ts'
import { sharedBytes } from './dataset.ts'
import type { PictureSize, ReadControls } from './define-format.ts'
import { lookAt, unreadable } from './place.ts'

export interface PictureFile { readonly path: string; /** For people. */ readonly where: string }

export interface PictureChoices {
  /** Where the pictures lie: if it is gone at the end, they were not damaged but removed. */
  readonly root: string
  readonly size: PictureSize | undefined
  readonly fit: 'crop' | 'stretch'
  readonly channels: 'auto' | 'grey' | 'color'
  readonly invert: boolean
}

export interface DecodedFiles {
  readonly input: PictureInput
  /** The file of each picture, as an index. */
  readonly fileOf: Int32Array
  /** [pictures, 2]: width and height in the file. */
  readonly originals: Float64Array
  readonly skipped: readonly Skipped[]
}

/** Decoded at the same time, on library threads. */
const atOnce = 6
/** Files whose headers are looked at for a common extent. */
const probes = 100
/** Pictures that all have one extent keep it up to this side. */
const keptSide = 128
const usualSide = 64
const largestBytes = 3 * 2 ** 30

export async function decodePictures(files: readonly PictureFile[], { root, size, fit, channels, invert }: PictureChoices, { signal, onProgress }: ReadControls): Promise<DecodedFiles> {
  const { height, width } = size === undefined ? await commonExtent(files, signal) : typeof size === 'number' ? { height: size, width: size } : size
  const length = height * width * 3
  if (files.length * length > largestBytes) {
    throw new AppError('data-invalid', `${files.length} pictures of ${width} × ${height} pixels take ${((files.length * length) / 2 ** 30).toFixed(1)} GiB of memory; at most ${largestBytes / 2 ** 30} GiB are used. Choose a smaller size.`)
  }
  const pixels = sharedBytes(files.length * length)
  const originals = new Float64Array(files.length * 2)
  const problems: (string | undefined)[] = []
  let next = 0, done = 0
  const work = async (): Promise<void> => {
    while (next < files.length) {
      throwIfCancelled(signal)
      const index = next++
      const { path, where } = files[index]!
      try {
        const picture = await decodeFitted(await bytesOf(path), where, { height, width, fit })
        pixels.set(picture.data, index * length)
        originals.set([picture.originalWidth, picture.originalHeight], 2 * index)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        problems[index] = error.message
      }
      onProgress?.(++done, files.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work))
  await lookAt(root)

  const kept = Int32Array.from(files.keys()).filter((index) => problems[index] === undefined)
  kept.forEach((file, index) => {
    if (file === index) return
    pixels.copyWithin(index * length, file * length, (file + 1) * length)
    originals.copyWithin(2 * index, 2 * file, 2 * file + 2)
  })
  const used = kept.length * length
  if (invert) for (let at = 0; at < used; at++) pixels[at] = 255 - pixels[at]!
  const grey = channels === 'grey' || (channels === 'auto' && isGrey(pixels, used))
  return {
    input: { kind: 'pictures', channels: grey ? 1 : 3, height, width, pixels: grey ? toGrey(pixels, used) : pixels.subarray(0, used) },
    fileOf: kept, originals,
    skipped: files.flatMap(({ where }, index) => (problems[index] === undefined ? [] : [{ where, reason: problems[index] }])),
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Of files spread over the whole list; those that cannot be read have no say. */
async function commonExtent(files: readonly PictureFile[], signal: AbortSignal | undefined): Promise<{ readonly height: number; readonly width: number }> {
  const step = Math.max(1, files.length / probes)
  let common: { readonly height: number; readonly width: number } | undefined
  for (let place = 0; place < files.length; place += step) {
    throwIfCancelled(signal)
    const { path, where } = files[Math.floor(place)]!
    const extent = await bytesOf(path).then((bytes) => pictureExtent(bytes, where)).catch(() => undefined)
    if (!extent) continue
    if (Math.max(extent.width, extent.height) > keptSide || (common && (common.width !== extent.width || common.height !== extent.height))) return { height: usualSide, width: usualSide }
    common = { height: extent.height, width: extent.width }
  }
  return common ?? { height: usualSide, width: usualSide }
}

function isGrey(pixels: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at += 3) if (pixels[at] !== pixels[at + 1] || pixels[at] !== pixels[at + 2]) return false
  return true
}

/** ITU-R BT.601 luma. */
function toGrey(pixels: Uint8Array, length: number): Uint8Array {
  const grey = sharedBytes(length / 3)
  for (let to = 0, at = 0; at < length; to++, at += 3) grey[to] = Math.round(0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!)
  return grey
}
