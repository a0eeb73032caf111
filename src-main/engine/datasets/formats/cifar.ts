/** CIFAR's binary version: records of class and 32 × 32 planes of red, green, blue. Source: Krizhevsky, "The CIFAR-10 dataset", binary version. */
import { basename, dirname, join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { namedClasses } from '../class-numbers.ts'
import { sharedBytes, trainPart, validationPart } from '../dataset.ts'
import { defineFormat } from '../define-format.ts'
import { readLabelNames } from '../label-names.ts'
import { lookAt } from '../place.ts'
import type { Place } from '../place.ts'
import { isGzip, readWhole } from '../read-bytes.ts'

const extent = 32
const plane = extent * extent
const pictureBytes = 3 * plane
const batchPattern = /^(?:data_batch|test_batch|train|test).*\.bin(?:\.gz)?$/i
const isHeldOut = (file: string): boolean => /^test/i.test(basename(file))
const tenNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

export default defineFormat({
  id: 'cifar',
  title: 'CIFAR binary',
  summary: 'data_batch_1.bin or train.bin of CIFAR-10 and CIFAR-100, also .gz; test_batch or test is held out.',
  options: z.strictObject({ labels: z.enum(['fine', 'coarse']).default('fine').meta({ title: 'Labels', description: 'Of CIFAR-100: 100 classes, or the 20 they belong to.', choices: { fine: '100 classes', coarse: '20 groups' } }) }),
  recognize(place) {
    if (place.kind === 'folder') return place.files.some((file) => batchPattern.test(file)) ? 3 : 0
    if (!/\.bin(?:\.gz)?$/i.test(place.name)) return 0
    const head = isGzip(place.head) ? gunzipSync(place.head, { finishFlush: constants.Z_SYNC_FLUSH }) : place.head
    const labelAt = (record: number): number => head[record * (pictureBytes + 1)] ?? 0
    return batchPattern.test(place.name) || [0, 1, 2, 3].every((record) => labelAt(record) < 10) ? 2 : 0
  },
  async read(place, { labels: wanted }, { signal, onProgress }) {
    const folder = place.kind === 'folder' ? place : await lookAt(dirname(place.path))
    const files = place.kind === 'file' ? [place.name] : [...place.files.filter((file) => batchPattern.test(file) && !isHeldOut(file)), ...place.files.filter((file) => batchPattern.test(file) && isHeldOut(file))]
    const hundred = folder.files.some((file) => /^(?:fine|coarse)_label_names\.txt$/.test(file))
    const labelBytes = hundred ? 2 : 1
    const batches: ReturnType<typeof checkedRecords>[] = []
    for (const [done, file] of files.entries()) {
      batches.push(checkedRecords(await readWhole(join(folder.path, file), signal), file, labelBytes + pictureBytes))
      onProgress?.(done + 1, files.length)
    }
    const count = batches.reduce((sum, { records }) => sum + records, 0)
    const pixels = sharedBytes(count * pictureBytes)
    const classOf = new Int32Array(count)
    const parts = new Uint8Array(count)
    const starts: number[] = []
    let index = 0
    for (const { bytes, records, file } of batches) {
      starts.push(index)
      for (let record = 0; record < records; record++, index++) {
        const start = record * (labelBytes + pictureBytes)
        classOf[index] = bytes[start + (hundred && wanted === 'fine' ? 1 : 0)]!
        parts[index] = isHeldOut(file) ? validationPart : trainPart
        interleave(bytes, start + labelBytes, pixels, index * pictureBytes)
      }
    }
    const origin = (example: number): string => {
      const batch = starts.findLastIndex((start) => start <= example)
      return `${batches[batch]!.file}, picture ${example - starts[batch]! + 1}`
    }
    const names = await readLabelNames(folder, hundred ? [`${wanted}_label_names.txt`] : []) ?? (hundred ? undefined : { labels: tenNames, file: 'CIFAR-10' })
    const both = files.some(isHeldOut) && !files.every(isHeldOut)
    return {
      name: nameOf(place, folder), format: 'cifar', count,
      input: { kind: 'pictures', channels: 3, height: extent, width: extent, pixels },
      target: namedClasses(classOf, names, origin),
      ...(both ? { parts } : {}), origin, skipped: [], warnings: [],
    }
  },
})

const nameOf = (place: Place, folder: Place): string => (place.kind === 'folder' ? folder.name : place.name)

function checkedRecords(bytes: Uint8Array, file: string, recordBytes: number): { readonly bytes: Uint8Array; readonly records: number; readonly file: string } {
  const records = Math.floor(bytes.length / recordBytes)
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    throw new AppError('data-invalid', `${file} is truncated or no CIFAR file: its ${bytes.length} bytes are ${records} records of ${recordBytes} bytes and ${bytes.length % recordBytes} bytes more. Fetch it again.`)
  }
  return { bytes, records, file }
}

function interleave(planes: Uint8Array, from: number, into: Uint8Array, to: number): void {
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0, at = from + channel * plane, out = to + channel; pixel < plane; pixel++, out += 3) into[out] = planes[at++]!
  }
}
