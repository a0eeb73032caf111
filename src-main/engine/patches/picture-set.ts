/** Pictures to be looked through: files of a folder at their full size, or examples of a data set. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { DataSource } from '#contract/training.ts'
import type { Dataset } from '../datasets/dataset.ts'
import type { ReadControls } from '../datasets/define-format.ts'
import { isPictureName } from '../datasets/picture-options.ts'
import { lookAt } from '../datasets/place.ts'
import { decodePicture } from '../images/decode.ts'
import type { Pixels } from '../images/pixels.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { pixelsOfExample } from '../training/evaluate-model.ts'

export interface PictureSet {
  readonly name: string
  readonly count: number
  /** Changes when a picture does. */
  readonly key: string
  /** Class names, empty where the source knows none. */
  readonly labels: readonly string[]
  /** -1: of no class. */
  readonly classOf: (index: number) => number
  readonly title: (index: number) => string
  /** Throws 'picture-unreadable'. */
  readonly pixels: (index: number) => Promise<Pixels>
}

/** Throws 'data-invalid' where there is no picture, and what reading the data throws. */
export async function openPictureSet(source: DataSource, load: (source: DataSource, controls: ReadControls) => Promise<Dataset>, controls: ReadControls): Promise<PictureSet> {
  if (source.kind === 'files' && source.format === undefined) {
    const place = await lookAt(source.path)
    const files = place.kind === 'folder' ? await picturesIn(place.path, controls.signal) : isPictureName(place.name) ? [place.path] : []
    // A table of file names or classes beside pictures is a data set; a folder of nothing but pictures is read as it is.
    if (files.length > 0 && !place.files.some((name) => /\.(csv|tsv|json)$/i.test(name))) return ofFiles(place.kind === 'folder' ? place.path : dirname(place.path), files)
  }
  return ofDataset(await load(source, controls), source)
}

async function picturesIn(folder: string, signal: AbortSignal | undefined): Promise<string[]> {
  throwIfCancelled(signal)
  const { files, folders } = await lookAt(folder)
  const nested: string[] = []
  for (const inner of folders) nested.push(...await picturesIn(join(folder, inner), signal))
  return [...files.filter(isPictureName).map((name) => join(folder, name)), ...nested]
}

/** Folders of pictures are classes, where there are several. */
async function ofFiles(root: string, files: readonly string[]): Promise<PictureSet> {
  const folderOf = (path: string): string => relative(root, dirname(path)).split(sep)[0] ?? ''
  const folders = [...new Set(files.map(folderOf))].filter((name) => name !== '').sort()
  const labels = folders.length > 1 ? folders : []
  const hash = createHash('sha256')
  for (const path of files) { const { size, mtimeMs } = await stat(path); hash.update(`${relative(root, path)}|${size}|${mtimeMs}\n`) }
  const at = (index: number): string => files[index] ?? ''
  return {
    name: basename(root), count: files.length, key: hash.digest('hex'), labels, classOf: (index) => labels.indexOf(folderOf(at(index))), title: (index) => relative(root, at(index)).split(sep).join('/'),
    pixels: async (index) => decodePicture(await readFile(at(index)), basename(at(index))),
  }
}

function ofDataset(dataset: Dataset, source: DataSource): PictureSet {
  const { input, target, count } = dataset
  if (input.kind !== 'pictures' || count === 0) throw new AppError('data-invalid', `${dataset.name} holds ${count === 0 ? 'nothing' : 'numbers, not pictures'}: choose a folder or data set of pictures.`)
  const hash = createHash('sha256').update(JSON.stringify([source, count, input.height, input.width, input.channels]))
  // A sample of the pixels: reading them all took as long as the survey's first pictures.
  const stride = Math.max(1, Math.floor(input.pixels.length / 65536))
  hash.update(Uint8Array.from({ length: Math.floor(input.pixels.length / stride) }, (_, index) => input.pixels[index * stride] ?? 0))
  return {
    name: dataset.name, count, key: hash.digest('hex'), labels: target.kind === 'classes' ? target.labels : [], classOf: (index) => (target.kind === 'classes' ? (target.classOf[index] ?? -1) : -1),
    title: dataset.origin, pixels: (index) => Promise.resolve(pixelsOfExample(dataset, index)),
  }
}
