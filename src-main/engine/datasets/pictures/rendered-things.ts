/** Rendered pictures as a data set. */
import { z } from 'zod'
import { throwIfCancelled } from '../../lib/cancel.ts'
import { streamSeed } from '../../lib/random.ts'
import type { Dataset } from '../dataset.ts'
import { sharedBytes, trainPart, validationPart } from '../dataset.ts'
import type { ReadControls } from '../define-format.ts'
import type { Thing } from './define-thing.ts'
import { renderPicture } from './render.ts'

export const thingOptions = {
  count: z.number().int().min(2).max(200_000).default(2400).meta({ title: 'Pictures', description: 'In all, to be split; or of the training part, where the held-out ones are counted apart.' }),
  validation: z.number().int().min(1).max(200_000).optional().meta({ title: 'Held out', description: 'So many more pictures, held out. By default a share of all.', initial: 600 }),
  size: z.number().int().min(16).max(256).optional().meta({ title: 'Size', description: 'Side of a picture, pixels.', initial: 64 }),
}

interface Options { readonly count: number; readonly validation?: number | undefined; readonly size?: number | undefined; readonly name: string; readonly generator: string; readonly things: readonly Thing[] }

const usualSize = 64
/** Pictures rendered at the same time: rendering runs on library threads, so a few keep the cores busy. */
const atOnce = 4
/** Seeds of the two parts are streams of the recipe's. */
const streams = { train: 1, validation: 2 } as const

export async function renderedThings({ count, validation = 0, size: wanted, name, generator, things }: Options, { seed, size: asked, signal, onProgress }: ReadControls): Promise<Dataset> {
  const size = wanted ?? (typeof asked === 'number' ? asked : asked ? Math.max(asked.height, asked.width) : usualSize)
  const total = count + validation
  const length = size * size * 3
  const pixels = sharedBytes(total * length)
  const classOf = new Int32Array(total)
  for (let start = 0; start < total; start += atOnce) {
    throwIfCancelled(signal)
    await Promise.all(Array.from({ length: Math.min(atOnce, total - start) }, async (_, offset) => {
      const index = start + offset
      const [stream, place] = index < count ? [streams.train, index] : [streams.validation, index - count]
      const picture = await renderPicture(streamSeed(seed, stream), place, size, { things })
      pixels.set(picture.pixels, index * length)
      classOf[index] = picture.label
    }))
    onProgress?.(Math.min(total, start + atOnce), total)
  }
  return {
    name, format: generator, count: total, input: { kind: 'pictures', channels: 3, height: size, width: size, pixels },
    target: { kind: 'classes', labels: things.map((thing) => thing.name), classOf },
    ...(validation > 0 ? { parts: Uint8Array.from({ length: total }, (_, index) => (index < count ? trainPart : validationPart)) } : {}),
    origin: (index) => `rendered picture ${index + 1}`, skipped: [], warnings: [],
  }
}
