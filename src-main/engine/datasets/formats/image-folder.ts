/** A folder per class, as torchvision's ImageFolder and Keras' image_dataset_from_directory read them; train and val folders around them are honoured. */
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { throwIfCancelled } from '../../lib/cancel.ts'
import { trainPart, validationPart } from '../dataset.ts'
import { decodePictures } from '../decode-pictures.ts'
import { defineFormat } from '../define-format.ts'
import { choicesOf, isPictureName, pictureOptions } from '../picture-options.ts'
import { compareNames, lookAt } from '../place.ts'
import type { Place } from '../place.ts'

const trainNames = ['train', 'training']
/** The first that exists is held out. */
const heldOutNames = ['val', 'valid', 'validation', 'test', 'testing']
const folderNamed = ({ folders }: Place, names: readonly string[]): string | undefined => names.flatMap((name) => folders.filter((folder) => folder.toLowerCase() === name))[0]

interface Labelled { readonly path: string; readonly label: string; readonly part: number }

export default defineFormat({
  id: 'image-folder',
  title: 'Image folder',
  summary: 'One folder of pictures for each class; train and val folders around them are honoured.',
  options: z.strictObject(pictureOptions),
  async recognize(place) {
    if (place.kind !== 'folder' || place.folders.length === 0) return 0
    const train = folderNamed(place, trainNames)
    const root = train === undefined ? place : await lookAt(join(place.path, train))
    for (const folder of root.folders) if (await holdsPictures(join(root.path, folder))) return root.folders.length > 1 || train !== undefined ? 2 : 1
    return 0
  },
  async read(place, options, controls) {
    const train = folderNamed(place, trainNames)
    const heldOut = train === undefined ? undefined : folderNamed(place, heldOutNames)
    const warnings: string[] = []
    const files: Labelled[] = []
    const labels = new Set<string>()
    for (const [part, name] of [[trainPart, train ?? ''], [validationPart, heldOut]] as const) {
      if (name === undefined) continue
      const root = await lookAt(join(place.path, name))
      for (const label of root.folders) {
        throwIfCancelled(controls.signal)
        const pictures = await picturesIn(join(root.path, label))
        if (pictures.length === 0) warnings.push(`Folder '${join(name, label)}' holds no picture: there is no class of that name.`)
        else labels.add(label)
        files.push(...pictures.map((path) => ({ path, label, part })))
      }
    }
    const unused = train === undefined ? [] : place.folders.filter((folder) => folder !== train && folder !== heldOut)
    if (unused.length > 0) warnings.push(`Not used beside '${[train, heldOut].filter((name) => name !== undefined).join("' and '")}': ${unused.map((folder) => `'${folder}'`).join(', ')}.`)
    if (files.length === 0) throw new AppError('data-invalid', `${place.path} holds no picture in the folders of its classes. Put the pictures of each class in a folder of its name.`)

    const names = [...labels].sort(compareNames)
    const whereOf = (path: string): string => relative(place.path, path).split(sep).join('/')
    const { input, fileOf, skipped } = await decodePictures(files.map(({ path }) => ({ path, where: whereOf(path) })), choicesOf(options, place.path, controls), controls)
    return {
      name: place.name, format: 'image-folder', count: fileOf.length, input,
      target: { kind: 'classes', labels: names, classOf: fileOf.map((file) => names.indexOf(files[file]!.label)) },
      ...(heldOut === undefined ? {} : { parts: Uint8Array.from(fileOf, (file) => files[file]!.part) }),
      origin: (index) => whereOf(files[fileOf[index]!]!.path), skipped, warnings,
    }
  },
})

/** However deep they lie. */
async function picturesIn(folder: string): Promise<string[]> {
  const { files, folders } = await lookAt(folder)
  const nested = []
  for (const inner of folders) nested.push(...(await picturesIn(join(folder, inner))))
  return [...files.filter(isPictureName).map((name) => join(folder, name)), ...nested]
}

async function holdsPictures(folder: string): Promise<boolean> {
  return (await readdir(folder, { recursive: true })).some(isPictureName)
}
