/** One class more than a source has: the pictures of a folder, named after it. What fooled a network is learned as a class of its own this way. */
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Dataset } from './dataset.ts'
import { decodePictures } from './decode-pictures.ts'
import type { ReadControls } from './define-format.ts'
import { joinBytes } from './join-bytes.ts'
import { isPictureName } from './picture-options.ts'
import { lookAt } from './place.ts'

/** Every fourth picture is held out where the source itself says what is. */
const heldOutEvery = 4

/** The source's own classes keep their numbers; the new one comes last. Throws 'data-invalid' for data that are no pictures of classes. */
export async function addClass(data: Dataset, folder: string, controls: ReadControls): Promise<Dataset> {
  const { input, target } = data
  const label = basename(folder)
  if (input.kind !== 'pictures' || target.kind !== 'classes') throw new AppError('data-invalid', `${data.name} holds no pictures of classes: there is nothing that '${label}' could be one more of.`)
  const place = await lookAt(folder)
  const files = place.files.filter(isPictureName).map((name) => ({ path: `${folder}/${name}`, where: `${label}/${name}` }))
  if (files.length === 0) throw new AppError('data-invalid', `${folder} holds no picture: there is nothing to be learned as '${label}'.`)
  const { height, width, channels } = input
  const { input: { pixels }, fileOf, skipped } = await decodePictures(files, { root: folder, size: { height, width }, fit: 'stretch', channels: channels === 1 ? 'grey' : 'color', invert: false }, controls)
  const added = fileOf.length
  return {
    ...data, count: data.count + added,
    input: { ...input, pixels: joinBytes([input.pixels, pixels]) },
    target: { ...target, labels: [...target.labels, label], classOf: Int32Array.from([...target.classOf, ...new Int32Array(added).fill(target.labels.length)]) },
    ...(data.parts ? { parts: Uint8Array.from([...data.parts, ...Array.from({ length: added }, (_, index) => (index % heldOutEvery === heldOutEvery - 1 ? 1 : 0))]) } : {}),
    origin: (index) => (index < data.count ? data.origin(index) : (files[fileOf[index - data.count] ?? 0]?.where ?? label)),
    skipped: [...data.skipped, ...skipped],
  }
}
