/** Fooling pictures as the files that training reads them from, and a recipe that does. */
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import { encodePng } from '../images/encode.ts'
import { unwritable } from '../lib/write-file.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'
import type { FoolingPictures } from './retrain.ts'
import { addedFolder, foolingLabel, recipeWithFooling } from './retraining-recipe.ts'
import { tensorOfPicture } from './written-picture.ts'

/** Into `run`, the folder of the training: it can be resumed and made again as long as it is there. */
export async function prepareTraining(run: string, recipe: Recipe, learned: FoolingPictures | undefined, name: string): Promise<Recipe> {
  if (!learned) return { ...recipe, name }
  const folder = join(run, foolingLabel)
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => { throw unwritable(folder, cause) })
  const before = addedFolder(recipe)
  if (before !== undefined) await cp(before, folder, { recursive: true }).catch((cause: unknown) => { throw new AppError('file-missing', `The fooling pictures that it was trained with, ${before}, cannot be read: ${(cause as Error).message}`, { cause }) })
  for (const [index, picture] of learned.pictures.entries()) {
    const file = join(folder, `${basename(run)}-${String(index).padStart(5, '0')}.png`)
    await writeFile(file, await encodePng(pixelsOfDisplay(tensorOfPicture(picture, learned.extent)))).catch((cause: unknown) => { throw unwritable(file, cause) })
  }
  return recipeWithFooling(recipe, folder, name)
}
