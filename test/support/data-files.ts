/** Small data sets on disk, in the formats that are read. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterEach } from 'vitest'
import type { DataSource } from '#contract/training.ts'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'phosphene-data-'))
  folders.push(folder)
  return folder
}
const folders: string[] = []
afterEach(async () => { await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))) })

type Content = string | Uint8Array | Promise<Uint8Array>

/** Files by their path in a fresh folder. */
export async function filesIn(files: Readonly<Record<string, Content>>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), await content)
  }
  return folder
}

export function idx(dims: readonly number[], bytes: ArrayLike<number>, gzip = false): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dims.length)
  header.set([0, 0, 8, dims.length])
  dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis))
  const file = Buffer.concat([header, Uint8Array.from(bytes)])
  return gzip ? gzipSync(file) : file
}

/** One color, 0..255 a channel. */
export const plainPicture = async (color: readonly [number, number, number], width = 8, height = 8, format: 'png' | 'jpeg' = 'png'): Promise<Uint8Array> =>
  await sharp({ create: { width, height, channels: 3, background: { r: color[0], g: color[1], b: color[2] } } })[format]().toBuffer()

export const readFiles = async (path: string, source: Partial<Extract<DataSource, { kind: 'files' }>> = {}, size?: number): Promise<Dataset> =>
  await loadDataset({ kind: 'files', path, options: {}, ...source }, { seed: 1, size })

/** Pixel values of one picture. */
export function pictureOf({ input }: Dataset, index: number): number[] {
  if (input.kind !== 'pictures') throw new TypeError('These are no pictures.')
  const length = input.channels * input.height * input.width
  return Array.from(input.pixels.subarray(index * length, (index + 1) * length))
}

export function labelsOf({ target }: Dataset): string[] {
  if (target.kind !== 'classes') throw new TypeError('These are no classes.')
  return Array.from(target.classOf, (label) => target.labels[label] ?? '')
}
