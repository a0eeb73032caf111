/** MNIST's format: pictures in one file, their class numbers in another. Source: LeCun, Cortes, Burges, "The MNIST database", file formats. */
import { dirname, join } from 'node:path'
import { gunzipSync, constants } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { namedClasses } from '../class-numbers.ts'
import type { Dataset } from '../dataset.ts'
import { trainPart, validationPart } from '../dataset.ts'
import type { ReadControls } from '../define-format.ts'
import { defineFormat } from '../define-format.ts'
import { readIdx } from '../idx-file.ts'
import type { IdxArray } from '../idx-file.ts'
import { joinBytes } from '../join-bytes.ts'
import { readLabelNames } from '../label-names.ts'
import { lookAt } from '../place.ts'
import type { Place } from '../place.ts'
import { isGzip } from '../read-bytes.ts'

interface Pair { readonly images: string; readonly labels: string }

const imagesPattern = /images/i
/** train-images-idx3-ubyte.gz and train-labels-idx1-ubyte belong together. */
const stem = (name: string): string => name.toLowerCase().replace(/\.gz$/, '').replace(/images|labels/, '*').replace(/idx\d/, 'idx')

function pairsIn(files: readonly string[]): Pair[] {
  return files.filter((name) => imagesPattern.test(name)).flatMap((images) => {
    const labels = files.find((name) => /labels/i.test(name) && stem(name) === stem(images))
    return labels === undefined ? [] : [{ images, labels }]
  })
}

const isHeldOut = ({ images }: Pair): boolean => /t10k|test|val/i.test(images)

export default defineFormat({
  id: 'idx',
  title: 'IDX (MNIST)',
  summary: 'train-images-idx3-ubyte with train-labels-idx1-ubyte, also .gz; t10k or test is held out.',
  options: z.strictObject({}),
  recognize(place) {
    if (place.kind === 'folder') return pairsIn(place.files).length > 0 ? 3 : 0
    const head = isGzip(place.head) ? gunzipSync(place.head, { finishFlush: constants.Z_SYNC_FLUSH }) : place.head
    return head[0] === 0 && head[1] === 0 && head[2] === 8 && (head[3] === 3 || head[3] === 1) ? 3 : 0
  },
  async read(place, _options, controls) {
    const folder = place.kind === 'folder' ? place : await lookAt(dirname(place.path))
    const pairs = pairsIn(folder.files).filter(({ images, labels }) => place.kind === 'folder' || images === place.name || labels === place.name)
    const trained = pairs.filter((pair) => !isHeldOut(pair)), heldOut = pairs.filter(isHeldOut)
    if (pairs.length === 0) throw new AppError('data-invalid', `${place.path}: pictures and labels belong together in one folder, as train-images-idx3-ubyte and train-labels-idx1-ubyte. The partner of this file is missing.`)
    const parts = [...trained, ...heldOut]
    const read = []
    for (const pair of parts) read.push(await readPair(folder, pair, controls))
    return await assemble(folder, read, trained.length > 0 && heldOut.length > 0 ? trained.length : undefined)
  },
})

interface Part { readonly pair: Pair; readonly images: IdxArray; readonly labels: Int32Array; readonly count: number }

async function readPair({ path }: Place, pair: Pair, { signal }: ReadControls): Promise<Part> {
  const images = await readIdx(join(path, pair.images), signal)
  const labels = await readIdx(join(path, pair.labels), signal)
  if (images.dims.length !== 3 && !(images.dims.length === 4 && (images.dims[3] === 1 || images.dims[3] === 3))) {
    throw new AppError('data-invalid', `${pair.images} holds an array of extent [${images.dims.join(', ')}]; pictures are [count, height, width], or with 1 or 3 channels behind.`)
  }
  if (labels.dims.length !== 1) throw new AppError('data-invalid', `${pair.labels} holds an array of extent [${labels.dims.join(', ')}]; labels are [count].`)
  const [count = 0] = images.dims
  if (count !== labels.dims[0]) throw new AppError('data-invalid', `${pair.images} holds ${count} pictures, and ${pair.labels} holds ${labels.dims[0]} labels: they do not belong together.`)
  return { pair, images, labels: Int32Array.from(labels.bytes), count }
}

/** The first `trained` pairs are the training part. */
async function assemble(folder: Place, parts: readonly Part[], trained: number | undefined): Promise<Dataset> {
  const [first] = parts as [Part, ...Part[]]
  const [, height = 0, width = 0, channels = 1] = first.images.dims
  for (const { images, pair } of parts) {
    if (images.dims.slice(1).join() !== first.images.dims.slice(1).join()) throw new AppError('data-invalid', `${pair.images} holds pictures of ${images.dims.slice(1).join(' × ')}, and ${first.pair.images} of ${first.images.dims.slice(1).join(' × ')}.`)
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const pixels = joinBytes(parts.map(({ images }) => images.bytes))
  const classOf = Int32Array.from({ length: count })
  const starts: number[] = []
  parts.reduce((start, { labels }) => {
    starts.push(start)
    classOf.set(labels, start)
    return start + labels.length
  }, 0)
  const origin = (index: number): string => {
    const part = starts.findLastIndex((start) => start <= index)
    return `${parts[part]!.pair.images}, picture ${index - starts[part]! + 1}`
  }
  const boundary = trained === undefined ? undefined : (starts[trained] ?? count)
  return {
    name: folder.name, format: 'idx', count,
    input: { kind: 'pictures', channels: channels === 3 ? 3 : 1, height, width, pixels },
    target: namedClasses(classOf, await readLabelNames(folder), origin),
    ...(boundary === undefined ? {} : { parts: Uint8Array.from({ length: count }, (_, index) => (index < boundary ? trainPart : validationPart)) }),
    origin, skipped: [], warnings: [],
  }
}
