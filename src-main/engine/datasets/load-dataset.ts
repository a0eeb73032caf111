/** From a recipe's data source to examples in memory. */
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { DataSource } from '#contract/training.ts'
import { checkDataset } from './check-dataset.ts'
import { combineParts } from './combine-parts.ts'
import type { Dataset } from './dataset.ts'
import type { AnyFormat, ReadControls } from './define-format.ts'
import { lookAt } from './place.ts'
import type { Place } from './place.ts'
import { findFormat, findGenerator, formats } from './registry.ts'

/** Throws AppError: 'file-missing', 'file-unreadable', 'data-invalid', 'option-invalid', 'cancelled'. */
export async function loadDataset(source: DataSource, controls: ReadControls): Promise<Dataset> {
  return checkDataset(source.kind === 'generator' ? await generate(source, controls) : await read(source, controls))
}

async function generate({ name, options }: Extract<DataSource, { kind: 'generator' }>, controls: ReadControls): Promise<Dataset> {
  const generator = findGenerator(name)
  return await naming(`Generator '${name}'`, () => generator.generate(options, controls))
}

async function read({ path, validation, format: id, options }: Extract<DataSource, { kind: 'files' }>, controls: ReadControls): Promise<Dataset> {
  const place = await lookAt(path)
  const format = id === undefined ? await recognize(place) : findFormat(id)
  const train = await naming(`Data format '${format.id}'`, () => format.read(place, options, controls))
  if (validation === undefined) return train
  return combineParts(train, await format.read(await lookAt(validation), options, controls))
}

/** Throws AppError 'data-invalid' that says what was found instead. */
export async function recognize(place: Place): Promise<AnyFormat> {
  const scores = await Promise.all([...formats.values()].map(async (format) => ({ format, score: await format.recognize(place) })))
  const [best] = scores.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)
  if (best) return best.format
  const found = place.kind === 'file' ? 'This file is' : `Its ${place.files.length} files and ${place.folders.length} folders are`
  throw new AppError('data-invalid', `${place.path} holds no training data that is known. ${found} none of: ${[...formats.values()].map(({ title }) => title).join('; ')}.`)
}

async function naming<T>(what: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw new AppError('option-invalid', `${what}: ${error.issues.map(({ path, message }) => `${path.length > 0 ? `option '${path.join('.')}': ` : ''}${message}`).join('; ')}.`, { cause: error })
  }
}
