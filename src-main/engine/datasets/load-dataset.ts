/** From a recipe's data source to examples in memory. */
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { DataSource } from '#contract/training.ts'
import { addClass } from './added-class.ts'
import { checkDataset } from './check-dataset.ts'
import { combineParts } from './combine-parts.ts'
import type { Dataset } from './dataset.ts'
import { trainPart, validationPart } from './dataset.ts'
import type { AnyFormat, ReadControls } from './define-format.ts'
import { holdOutLast } from './hold-out-last.ts'
import { isPictureName } from './picture-options.ts'
import { lookAt } from './place.ts'
import type { Place } from './place.ts'
import { findFormat, findGenerator, formats } from './registry.ts'
import { takePart } from './take-part.ts'

/**
 * Option `addedClass`, of every source: a folder whose pictures are learned as one class more.
 * Throws AppError: 'file-missing', 'file-unreadable', 'data-invalid', 'option-invalid', 'cancelled'.
 */
export async function loadDataset(source: DataSource, controls: ReadControls): Promise<Dataset> {
  const { addedClass, ...options } = source.options
  const own = { ...source, options }
  const data = checkDataset(own.kind === 'generator' ? await generate(own, controls) : await read(own, controls))
  return addedClass === undefined ? data : addClass(data, String(addedClass), controls)
}

/** An empty text of a form is no option. */
const givenOf = (options: DataSource['options']): DataSource['options'] => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''))

async function generate({ name, options }: Extract<DataSource, { kind: 'generator' }>, controls: ReadControls): Promise<Dataset> {
  const generator = findGenerator(name)
  return await naming(`Generator '${name}'`, () => generator.generate(givenOf(options), controls))
}

async function read({ path, validation, format: id, options }: FilesSource, controls: ReadControls): Promise<Dataset> {
  const { own, heldOut, last } = separateOptions(givenOf(options))
  const train = await readPlace(await lookAt(path), id, own, controls)
  if (validation === undefined) return last === undefined ? train : holdOutLast(train, last)
  const size = train.input.kind === 'pictures' ? { height: train.input.height, width: train.input.width } : undefined
  const test = await readPlace(await lookAt(validation), undefined, heldOut, { ...controls, size }, { format: train.format, options: own })
  // Of sources that hold both parts, only what each is for.
  return combineParts(takePart(train, trainPart), takePart(test, validationPart))
}

type FilesSource = Extract<DataSource, { kind: 'files' }>
type Options = FilesSource['options']

const validationPrefix = 'validation.'

/** Options that every file source has: `holdOutLast`, and 'validation.NAME' for the second source where it differs from the first. */
function separateOptions(options: Options): { readonly own: Options; readonly heldOut: Options; readonly last: number | undefined } {
  const { holdOutLast: last, ...rest } = options
  const isHeldOut = ([name]: readonly [string, unknown]): boolean => name.startsWith(validationPrefix)
  const entries = Object.entries(rest)
  if (last !== undefined && !(typeof last === 'number' && Number.isInteger(last) && last > 0)) throw new AppError('option-invalid', `Option 'holdOutLast' is a number of examples, got ${last}.`)
  return {
    own: Object.fromEntries(entries.filter((entry) => !isHeldOut(entry))),
    heldOut: Object.fromEntries(entries.filter(isHeldOut).map(([name, value]) => [name.slice(validationPrefix.length), value])), last,
  }
}

/** A second source in the first one's format also has its options. */
async function readPlace(place: Place, id: string | undefined, options: Options, controls: ReadControls, first?: { readonly format: string; readonly options: Options }): Promise<Dataset> {
  const inner = id === undefined ? await descend(place) : place
  const format = id === undefined ? await recognize(inner) : findFormat(id)
  return await naming(`Data format '${format.id}'`, () => format.read(inner, first?.format === format.id ? { ...first.options, ...options } : options, controls))
}

/** Archives unpack to a folder in a folder. */
async function descend(place: Place): Promise<Place> {
  if (place.files.length > 0 || place.folders.length !== 1) return place
  const inner = await lookAt(join(place.path, place.folders[0]!))
  return inner.files.some(isPictureName) && !/^train/i.test(inner.name) ? place : await descend(inner)
}

/** Throws AppError 'data-invalid' that says what was found instead. */
export async function recognize(place: Place): Promise<AnyFormat> {
  const scores = await Promise.all([...formats.values()].map(async (format) => ({ format, score: await format.recognize(place) })))
  const [best] = scores.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)
  if (best) return best.format
  if (place.kind === 'folder' && place.files.length === 0 && place.folders.length === 0) throw new AppError('data-invalid', `The folder ${place.path} is empty. Give one with a folder of pictures for each class, IDX or CIFAR files, or a CSV table.`)
  const found = place.kind === 'file' ? 'This file is' : `Its ${place.files.length} files and ${place.folders.length} folders are`
  throw new AppError('data-invalid', `${place.path} holds no training data that is known. ${found} none of these. ${[...formats.values()].map(({ title, summary }) => `${title}: ${summary}`).join(' ')}`)
}

async function naming<T>(what: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw new AppError('option-invalid', `${what}: ${error.issues.map(({ path, message }) => `${path.length > 0 ? `option '${path.join('.')}': ` : ''}${message}`).join('; ')}.`, { cause: error })
  }
}
